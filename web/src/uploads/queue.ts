/** All uploads of the page: their states, and how many of them go at once. */
import type { Target } from "@/api/types";
import { messageOf } from "@/api/problem";
import { uploads as words } from "@/text/uploads";
import { NameTaken, SignedOut } from "@/uploads/failures";
import { FolderMaker } from "@/uploads/folders";
import { type Event, isActive, type Item, newItem } from "@/uploads/item";
import { UploadItems } from "@/uploads/items";
import { itemOf, type Ledger } from "@/uploads/ledger";
import { Limiter } from "@/uploads/limiter";
import type { PendingRecord } from "@/uploads/pending-store";
import { Publisher } from "@/uploads/publisher";
import { type Waiting, withRetry } from "@/uploads/retry";
import { sendFile } from "@/uploads/sender";
import { Speeds } from "@/uploads/speeds";
import { type Snapshot, summarise } from "@/uploads/snapshot";
import type { Transport } from "@/uploads/transport";
import type { Found, HandlePath } from "@/uploads/tree";

export interface QueueOptions {
  readonly filesAtOnce: number;
  /** Requests to stores over all files. Browsers allow six to one host: two stay free for the service. */
  readonly transfersAtOnce: number;
  /** The tray is drawn no more often than this. */
  readonly publishMs: number;
}

const QUEUE: QueueOptions = { filesAtOnce: 4, transfersAtOnce: 4, publishMs: 200 };

export interface QueueParts {
  readonly transport: Transport;
  readonly waiting: Waiting;
  readonly ledger: Ledger;
  readonly clock: () => number;
  readonly newId: () => string;
  /** Hears of every folder that got something new. */
  readonly landed: (target: Target) => void;
  /** Hears of a sentence that belongs to no single row. */
  readonly complain: (message: string, error: unknown) => void;
  readonly options?: Partial<QueueOptions>;
}

export type Decision = "replace" | "rename" | "skip";

export class UploadQueue {
  readonly #items: UploadItems;
  readonly #runs = new Map<string, AbortController>();
  readonly #next: string[] = [];
  /** A decision for all conflicts of one gesture. */
  readonly #policies = new Map<string, Decision>();
  readonly #life = new AbortController();
  readonly #folders: FolderMaker;
  readonly #transfers: Limiter;
  readonly #options: QueueOptions;
  readonly #speeds: Speeds;
  readonly #publisher: Publisher;

  constructor(private readonly parts: QueueParts) {
    this.#options = { ...QUEUE, ...parts.options };
    this.#speeds = new Speeds(parts.clock);
    this.#items = new UploadItems(parts.ledger, () => this.#publisher.soon());
    this.#publisher = new Publisher({
      summarise: () => summarise(this.#items.all(), this.#speeds.total(), this.#speeds.each()),
      isMoving: () => this.#runs.size > 0,
      clock: parts.clock,
      everyMs: this.#options.publishMs,
    });
    this.#transfers = new Limiter(this.#options.transfersAtOnce);
    this.#folders = new FolderMaker(async (request) => {
      const make = () => parts.transport.folder(request, this.#life.signal);
      const id = await withRetry(make, parts.waiting, this.#life.signal, () => undefined);
      parts.landed({ parentId: request.parentId, space: request.space });
      return id;
    });
  }

  subscribe(listener: () => void): () => void {
    return this.#publisher.subscribe(listener);
  }

  /** Return the state as it was last published: the same object until the next time. */
  getSnapshot(): Snapshot {
    return this.#publisher.latest();
  }

  /** Publish at once and return the state as it is. */
  refresh(): Snapshot {
    return this.#publisher.now();
  }

  /** Queue what was found. The uploads of one `batch` share the answer to conflicts. */
  add(found: readonly Found[], target: Target, batch: string): void {
    if (!this.#items.all().some((item) => isActive(item.status))) this.clearDone();
    for (const one of found) {
      const item = newItem(this.parts.newId(), one, target, batch);
      this.#items.add(item, one.kind === "file" ? one.file : null, one.kind === "file" ? one.handle : null);
      this.#next.push(item.id);
    }
    this.#schedule();
  }

  /** Show uploads of an earlier visit; they wait until their bytes are attached. */
  restore(records: readonly PendingRecord[]): void {
    for (const record of records) {
      if (this.#items.get(record.id) === undefined) this.#items.add(itemOf(record), null, record.handle);
    }
  }

  /** Continue interrupted uploads with their bytes. */
  attach(files: ReadonlyMap<string, File>): void {
    for (const [id, file] of files) {
      this.#items.attach(id, file);
      this.#wake(id, { type: "attach" });
    }
    this.#schedule();
  }

  handleOf(id: string): HandlePath | null {
    return this.#items.handle(id);
  }

  pause(id: string): void {
    const before = this.#items.get(id);
    if (before !== undefined && this.#items.apply(id, { type: "pause" }) !== before) this.#stop(id);
  }

  resume(id: string): void {
    this.#wake(id, { type: "resume" });
    this.#schedule();
  }

  retry(id: string): void {
    this.#wake(id, { type: "retry" });
    this.#schedule();
  }

  /** Stop an upload, take it off the list and give its reservation up. */
  cancel(id: string): void {
    const item = this.#items.get(id);
    if (item === undefined || this.#items.apply(id, { type: "cancel" }) === item) return;
    this.#items.remove(id);
    this.#stop(id);
    if (item.fileId !== null) this.#abandon(item.fileId, item.name);
    this.#schedule();
  }

  pauseAll(): void {
    for (const item of this.#items.all()) this.pause(item.id);
  }

  resumeAll(): void {
    for (const item of this.#items.all()) if (item.status === "paused") this.#wake(item.id, { type: "resume" });
    this.#schedule();
  }

  retryAll(): void {
    for (const item of this.#items.all()) if (item.status === "failed") this.#wake(item.id, { type: "retry" });
    this.#schedule();
  }

  cancelAll(): void {
    for (const item of this.#items.all()) this.cancel(item.id);
  }

  /** Answer a conflict; with `all`, also every other one of the gesture, known or to come. */
  resolve(id: string, decision: Decision, all: boolean): void {
    const item = this.#items.get(id);
    if (item === undefined) return;
    if (all) this.#policies.set(item.batch, decision);
    const others = all ? this.#items.all().filter((other) => other.batch === item.batch && other.id !== id) : [];
    for (const one of [item, ...others]) if (one.status === "conflict") this.#decide(one, decision);
    this.#schedule();
  }

  clearDone(): void {
    for (const item of this.#items.all()) if (item.status === "done") this.#items.remove(item.id);
  }

  /** Take everything off the list that has come to an end, well or not. */
  clearFinished(): void {
    this.clearDone();
    for (const item of this.#items.all()) if (item.status === "failed") this.cancel(item.id);
  }

  /** Stop all work; what was sent stays and can be continued. */
  dispose(): void {
    this.#life.abort();
    for (const run of this.#runs.values()) run.abort();
    this.#publisher.stop();
  }

  #wake(id: string, event: Event): void {
    if (this.#items.apply(id, event).status === "waiting") this.#next.push(id);
  }

  #stop(id: string): void {
    this.#runs.get(id)?.abort();
  }

  #schedule(): void {
    while (this.#runs.size < this.#options.filesAtOnce && !this.#life.signal.aborted) {
      const id = this.#next.shift();
      if (id === undefined) return;
      // One that is still unwinding from a pause comes back when it has.
      if (this.#items.get(id)?.status === "waiting" && !this.#runs.has(id)) void this.#run(id);
    }
  }

  async #run(id: string): Promise<void> {
    const controller = new AbortController();
    this.#runs.set(id, controller);
    this.#speeds.begin(id);
    try {
      await this.#work(this.#items.apply(id, { type: "start" }), controller.signal);
    } catch (error) {
      if (!this.#life.signal.aborted) this.#failed(id, error, controller.signal);
    } finally {
      this.#speeds.end(id);
      this.#runs.delete(id);
      if (this.#items.get(id)?.status === "waiting") this.#next.push(id);
      this.#schedule();
    }
  }

  async #work(item: Item, signal: AbortSignal): Promise<void> {
    const path = item.kind === "folder" ? [...item.path, item.name] : item.path;
    const parentId = await this.#folders.resolve(item.batch, item.target, path);
    signal.throwIfAborted();
    const placed = this.#items.apply(item.id, { type: "placed", parentId });
    const file = this.#items.file(item.id);
    if (file !== undefined) {
      const { transport, waiting, clock } = this.parts;
      await sendFile(placed, file, {
        transport, waiting, clock, signal,
        transfers: this.#transfers,
        // One place is left to others: a large file must not hold the small ones up.
        partsAtOnce: Math.max(1, this.#options.transfersAtOnce - 1),
        apply: (event) => this.#hear(placed, event),
      });
      this.parts.landed({ parentId, space: item.target.space });
    }
    this.#items.apply(item.id, { type: "done" });
    this.#items.detach(item.id);
  }

  #hear(item: Item, event: Event): Item {
    if (this.#items.get(item.id) === undefined) {
      // Cancelled while the reservation was on its way: nobody else knows of it.
      if (event.type === "reserved") this.#abandon(event.fileId, item.name);
      return item;
    }
    if (event.type === "progress") this.#speeds.report(item.id, event.sent);
    return this.#items.apply(item.id, event);
  }

  #failed(id: string, error: unknown, signal: AbortSignal): void {
    const item = this.#items.get(id);
    if (item === undefined) return;
    if (error instanceof NameTaken) {
      const asked = this.#items.apply(id, { type: "conflict", conflict: error.conflict });
      const policy = this.#policies.get(item.batch);
      if (policy !== undefined && asked.status === "conflict") this.#decide(asked, policy);
      return;
    }
    if (signal.aborted) return;
    this.#items.apply(id, { type: "fail", message: messageOf(error) });
    // Every other upload would fail the same way, one after the other.
    if (error instanceof SignedOut) this.pauseAll();
  }

  #decide(item: Item, decision: Decision): void {
    if (decision === "skip") {
      this.cancel(item.id);
    } else if (decision === "rename") {
      this.#wake(item.id, { type: "resolve", onConflict: "rename", displaces: null });
    } else if (item.conflict?.existingKind === "file") {
      const { existingId, existingState } = item.conflict;
      const displaces = existingState === "pending" ? existingId : null;
      // One of our own would go on sending to an upload that is about to be given up.
      const rival = displaces === null ? undefined : this.#items.all().find((other) => other.fileId === displaces);
      if (rival !== undefined) this.cancel(rival.id);
      this.#wake(item.id, { type: "resolve", onConflict: "replace", displaces });
    }
    // A folder is not replaced by a file: that conflict stays open.
  }

  #abandon(fileId: string, name: string): void {
    const { transport, waiting, complain } = this.parts;
    withRetry(() => transport.abort(fileId, this.#life.signal), waiting, this.#life.signal, () => undefined).catch((error: unknown) => {
      if (!this.#life.signal.aborted) complain(words.abortFailed(name), error);
    });
  }
}
