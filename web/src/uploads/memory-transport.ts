/** A service and a store in memory that behave like the real ones, and fail when told to. */
import { AddressRefused, BytesMissing, NameTaken, Refused, ReservationGone } from "@/uploads/failures";
import type { SentPart } from "@/uploads/plan";
import type { Address, AddressWish, FolderRequest, Progress, Reservation, ReserveRequest, Transport } from "@/uploads/transport";

interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly size: number;
  readonly parts: Map<number, Blob>;
  state: Progress["state"];
}

type Method = keyof Transport;

export interface MemoryOptions {
  /** Files larger than this go up in parts of this size. */
  readonly partSize: number;
  /** Milliseconds that an address works. */
  readonly addressLifetime: number;
  readonly clock: () => number;
}

export class MemoryTransport implements Transport {
  readonly files = new Map<string, StoredFile>();
  readonly folders = new Map<string, string>();
  /** Every call, for instance `send f1 2`. */
  readonly calls: string[] = [];
  /** The most requests to the store that ran at once. */
  busiest = 0;
  #sending = 0;
  #ids = 0;
  readonly #reservations = new Map<string, Reservation>();
  readonly #faults = new Map<Method, Error[]>();
  readonly #etags = new WeakMap<Blob, string>();
  readonly #gates = new Map<string, Promise<void>>();

  constructor(private readonly options: MemoryOptions) {}

  /** Let the next calls of a method fail, one error each. */
  failNext(method: Method, ...errors: Error[]): void {
    this.#faults.set(method, [...(this.#faults.get(method) ?? []), ...errors]);
  }

  /** Let calls hang, all of a method or those of one `detail`; the function that is returned lets them go on. */
  hold(method: Method, detail?: string): () => void {
    const { promise, resolve } = gate();
    const calls = detail === undefined ? method : `${method} ${detail}`;
    this.#gates.set(calls, promise);
    return () => {
      this.#gates.delete(calls);
      resolve();
    };
  }

  /** Let all later calls through again; those that hang already go on hanging. */
  release(): void {
    this.#gates.clear();
  }

  /** Return what is stored under a name, in order of its parts. */
  async content(name: string): Promise<string> {
    const file = [...this.files.values()].find((one) => one.name === name && one.state === "ready");
    if (file === undefined) throw new Error(`no file ${name}`);
    return new Blob([...file.parts].sort(([a], [b]) => a - b).map(([, part]) => part)).text();
  }

  /** Let the service forget an upload, as its sweep does. */
  sweep(fileId: string): void {
    this.files.delete(fileId);
  }

  /** Store bytes as a part, whoever sent them; returns their ETag. */
  keep(fileId: string, part: number, body: Blob): string {
    const etag = this.#newId("e");
    this.#etags.set(body, etag);
    this.#known(fileId).parts.set(part, body);
    return etag;
  }

  count(prefix: string): number {
    return this.calls.filter((call) => call.startsWith(prefix)).length;
  }

  async folder({ name, parentId }: FolderRequest, signal: AbortSignal): Promise<string> {
    await this.#enter("folder", name, signal);
    const key = `${parentId ?? ""}/${name}`;
    const id = this.folders.get(key) ?? this.#newId("d");
    this.folders.set(key, id);
    return id;
  }

  async reserve(request: ReserveRequest, signal: AbortSignal): Promise<Reservation> {
    await this.#enter("reserve", request.name, signal);
    const known = this.#reservations.get(request.idempotencyKey);
    if (known !== undefined) return known;
    const taken = this.#at(request.name, request.parentId);
    if (taken !== undefined && request.onConflict === "fail") throw this.#nameTaken(taken);
    if (taken !== undefined && request.onConflict === "replace") {
      if (taken.state === "pending") throw new Refused("the other is being uploaded");
      this.files.delete(taken.id);
    }
    const name = taken !== undefined && request.onConflict === "rename" ? `${request.name} (1)` : request.name;
    const id = this.#newId("f");
    const { parentId, size } = request;
    this.files.set(id, { id, name, parentId, size, parts: new Map(), state: "pending" });
    const reservation = { fileId: id, name, partSize: this.#partSize(size) };
    this.#reservations.set(request.idempotencyKey, reservation);
    return reservation;
  }

  async addresses(fileId: string, wish: AddressWish, signal: AbortSignal): Promise<ReadonlyMap<number, Address>> {
    const isWhole = typeof wish === "string";
    await this.#enter("addresses", `${fileId} ${isWhole ? wish : `${String(wish.first)}-${String(wish.last)}`}`, signal);
    const { parts } = this.#known(fileId);
    if (wish === "whole-again") parts.clear();
    const { first, last } = isWhole ? { first: 1, last: 1 } : wish;
    const expiresAt = this.options.clock() + this.options.addressLifetime;
    const found = new Map<number, Address>();
    for (let part = first; part <= last; part += 1) {
      found.set(part, { url: `${fileId} ${String(part)}`, method: "PUT", headers: {}, expiresAt });
    }
    return found;
  }

  async progress(fileId: string, signal: AbortSignal): Promise<Progress> {
    await this.#enter("progress", fileId, signal);
    const { size, state, parts } = this.#known(fileId);
    const partSize = this.#partSize(size);
    const listed = [...parts].map(([number, part]) => ({ number, size: part.size, etag: this.#etags.get(part) ?? "" }));
    return { partSize, state, listed: partSize === null ? [] : listed };
  }

  async complete(fileId: string, stated: readonly SentPart[], signal: AbortSignal): Promise<void> {
    await this.#enter("complete", fileId, signal);
    const file = this.#known(fileId);
    const stored = [...file.parts.values()].reduce((total, part) => total + part.size, 0);
    if (stored !== file.size || file.parts.size === 0) throw new BytesMissing("the sizes differ");
    const wrong = stated.filter(({ number, etag }) => etag !== this.#etags.get(file.parts.get(number) ?? new Blob()));
    if (wrong.length > 0) throw new BytesMissing("other parts were stated", wrong.map(({ number }) => number));
    file.state = "ready";
  }

  async abort(fileId: string, signal: AbortSignal): Promise<void> {
    await this.#enter("abort", fileId, signal);
    if (this.files.get(fileId)?.state === "pending") this.files.delete(fileId);
  }

  async open(signal: AbortSignal): Promise<ReadonlySet<string>> {
    await this.#enter("open", "", signal);
    return new Set([...this.files.values()].filter(({ state }) => state === "pending").map(({ id }) => id));
  }

  async send(address: Address, body: Blob, signal: AbortSignal, onProgress: (sent: number) => void): Promise<string | null> {
    this.#sending += 1;
    this.busiest = Math.max(this.busiest, this.#sending);
    try {
      onProgress(Math.floor(body.size / 2));
      await this.#enter("send", address.url, signal);
      if (address.expiresAt <= this.options.clock()) throw new AddressRefused("the address has expired");
      const [fileId = "", part] = address.url.split(" ");
      onProgress(body.size);
      return this.keep(fileId, Number(part), body);
    } finally {
      this.#sending -= 1;
    }
  }

  async #enter(method: Method, detail: string, signal: AbortSignal): Promise<void> {
    this.calls.push(`${method} ${detail}`);
    signal.throwIfAborted();
    const held = this.#gates.get(`${method} ${detail}`) ?? this.#gates.get(method);
    if (held !== undefined) await unlessStopped(held, signal);
    signal.throwIfAborted();
    const fault = this.#faults.get(method)?.shift();
    if (fault !== undefined) throw fault;
  }

  #known(fileId: string): StoredFile {
    const file = this.files.get(fileId);
    if (file === undefined) throw new ReservationGone();
    return file;
  }

  #at(name: string, parentId: string | null): StoredFile | undefined {
    return [...this.files.values()].find((file) => file.name === name && file.parentId === parentId);
  }

  #nameTaken({ id, name, state }: StoredFile): NameTaken {
    const existingState = state === "ready" ? "ready" : "pending";
    const suggestedName = `${name} (1)`;
    return new NameTaken("the name is taken", { existingId: id, existingKind: "file", existingState, suggestedName });
  }

  #partSize(size: number): number | null {
    return size > this.options.partSize ? this.options.partSize : null;
  }

  #newId(kind: string): string {
    this.#ids += 1;
    return `${kind}${String(this.#ids)}`;
  }
}

/** Waits for `work`, but no longer than until the signal is aborted. */
function unlessStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      signal.removeEventListener("abort", settle);
      resolve();
    };
    signal.addEventListener("abort", settle);
    void work.then(settle);
  });
}

function gate(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
