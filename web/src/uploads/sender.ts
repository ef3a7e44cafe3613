/** Sends one file: reservation, bytes, verification. Knows nothing of queues and pages. */
import { Addresses } from "@/uploads/addresses";
import { AddressRefused, BytesMissing, Refused, ReservationGone } from "@/uploads/failures";
import type { Event, Item } from "@/uploads/item";
import type { Limiter } from "@/uploads/limiter";
import { bytesOf, type ListedPart, missingParts, type Part, planParts, type SentPart } from "@/uploads/plan";
import { type Waiting, withRetry } from "@/uploads/retry";
import type { Transport } from "@/uploads/transport";
import { uploads } from "@/text/uploads";

/** An address that a store refuses this often in a row is not merely old. */
const MAX_REFUSALS = 3;
/** How often a file is begun anew or completed by itself; then a person decides. */
const MAX_TRIES = 3;

export interface SendContext {
  readonly transport: Transport;
  readonly waiting: Waiting;
  readonly clock: () => number;
  /** Bounds the requests to stores over all files. */
  readonly transfers: Limiter;
  readonly partsAtOnce: number;
  /** Stops the sending of bytes; a reservation on its way is still waited for. */
  readonly signal: AbortSignal;
  /** Apply an event to the item and return the item after it. */
  readonly apply: (event: Event) => Item;
}

/**
 * Send `file` into the folder `parentId`, from wherever an earlier try ended.
 *
 * Parts that the store has acknowledged are not sent again, unless the service finds
 * them wrong in the end. Raises the failures of `failures.ts`; when the signal is
 * aborted, its reason.
 */
export async function sendFile(item: Item, file: File, context: SendContext): Promise<void> {
  const { apply } = context;
  let current = item;
  for (let tries = 1; ; tries += 1) {
    try {
      await sendOnce(current, file, context);
      return;
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
      // Swept on the service's side, for instance after a week: begin once more.
      if (error instanceof ReservationGone) current = apply({ type: "reservation-lost" });
      else if (error instanceof BytesMissing) current = apply({ type: "disproved", numbers: error.wrongParts });
      else throw error;
    }
  }
}

interface OpenUpload {
  readonly fileId: string;
  readonly partSize: number | null;
  readonly listed: readonly ListedPart[];
  /** An earlier try may have sent some of it. */
  readonly isContinued: boolean;
  /** All bytes are there and verified. */
  readonly isThere: boolean;
}

async function sendOnce(item: Item, file: File, context: SendContext): Promise<void> {
  const { transport, signal, apply } = context;
  const upload = item.fileId === null ? await reserve(item, context) : await continued(item, item.fileId, context);
  signal.throwIfAborted();
  if (upload.isThere) {
    apply({ type: "finish" });
    return;
  }
  const plan = planParts(file.size, upload.partSize ?? Math.max(1, file.size));
  const missing = missingParts(plan, listedOf(upload, plan, item.parts), item.parts);
  await sendBytes(upload, missing, file, context);
  const { parts } = apply({ type: "finish" });
  await retrying(context, () => transport.complete(upload.fileId, parts, signal));
}

/** A store lists parts alone: one request that it acknowledged stands for itself. */
function listedOf(upload: OpenUpload, plan: readonly Part[], sent: readonly SentPart[]): readonly ListedPart[] {
  if (upload.partSize !== null) return upload.listed;
  return plan.flatMap(({ number, start, end }) => {
    const part = sent.find((one) => one.number === number);
    return part === undefined ? [] : [{ number, size: end - start, etag: part.etag ?? "" }];
  });
}

async function reserve(item: Item, context: SendContext): Promise<OpenUpload> {
  const { transport, apply, signal } = context;
  const { displaces } = item;
  if (displaces !== null) await retrying(context, () => transport.abort(displaces, signal));
  const request = {
    name: item.name,
    parentId: item.parentId,
    space: item.target.space,
    size: item.size,
    onConflict: item.onConflict,
    idempotencyKey: `${item.id}-${String(item.generation)}`,
  };
  // Not stopped by the signal: an answer that nobody waits for leaves a reservation that nobody knows.
  const unstoppable = new AbortController().signal;
  const { fileId, name, partSize } = await retrying(context, () => transport.reserve(request, unstoppable));
  apply({ type: "reserved", fileId, storedName: name });
  return { fileId, partSize, listed: [], isContinued: false, isThere: false };
}

async function continued(item: Item, fileId: string, context: SendContext): Promise<OpenUpload> {
  const { transport, apply, signal } = context;
  const { state, partSize, listed } = await retrying(context, () => transport.progress(fileId, signal));
  if (state === "failed" || state === "expired") throw new ReservationGone();
  apply({ type: "reserved", fileId, storedName: item.storedName ?? item.name });
  return { fileId, partSize, listed, isContinued: true, isThere: state === "ready" };
}

async function sendBytes(upload: OpenUpload, missing: readonly Part[], file: File, context: SendContext): Promise<void> {
  const { transport, clock } = context;
  const addresses = new Addresses(transport, upload.fileId, missing, upload.partSize !== null, upload.isContinued, clock);
  const tally = new Tally(file.size - bytesOf(missing), context.apply);
  tally.report();

  // A part that fails for good stops its sisters: their bytes would go nowhere.
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const rest = missing.values();
  const worker = async () => {
    for (const part of rest) await sendPart(part, file, addresses, tally, { ...context, signal });
  };
  const workers = Array.from({ length: Math.min(context.partsAtOnce, missing.length) }, () =>
    worker().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(workers);
  context.signal.throwIfAborted();
  stop.signal.throwIfAborted();
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function sendPart(
  part: Part,
  file: File,
  addresses: Addresses,
  tally: Tally,
  context: SendContext,
): Promise<void> {
  const { transport, transfers, signal } = context;
  let refusals = 0;
  for (;;) {
    try {
      const etag = await retrying(context, async () => {
        const address = await addresses.of(part, signal);
        const body = file.slice(part.start, part.end);
        try {
          return await transfers.run(
            () => transport.send(address, body, signal, (sent) => tally.sending(part, sent)),
            signal,
          );
        } catch (error) {
          tally.lost(part);
          addresses.failed(part);
          if (!signal.aborted) await assertReadable(body);
          throw error;
        }
      });
      addresses.forget(part);
      context.apply({ type: "acknowledged", part: { number: part.number, etag } });
      tally.confirm(part);
      return;
    } catch (error) {
      addresses.forget(part);
      refusals += 1;
      if (!(error instanceof AddressRefused)) throw error;
      if (refusals >= MAX_REFUSALS) throw new Refused(error.message);
    }
  }
}

/** A file that changed or left the disk looks like a network failure; reading a byte tells them apart. */
async function assertReadable(body: Blob): Promise<void> {
  try {
    await body.slice(0, 1).arrayBuffer();
  } catch (error) {
    throw new Refused(uploads.unreadable, { cause: error });
  }
}

function retrying<T>(context: SendContext, work: () => Promise<T>): Promise<T> {
  return withRetry(work, context.waiting, context.signal, (reason) => context.apply({ type: "stall", reason }));
}

/** Counts the bytes of one file: those confirmed and those on their way. */
class Tally {
  readonly #onTheWay = new Map<number, number>();

  constructor(
    private confirmed: number,
    private readonly apply: SendContext["apply"],
  ) {}

  sending(part: Part, sent: number): void {
    this.#onTheWay.set(part.number, Math.min(sent, part.end - part.start));
    this.report();
  }

  lost(part: Part): void {
    this.#onTheWay.delete(part.number);
    this.report();
  }

  confirm(part: Part): void {
    this.#onTheWay.delete(part.number);
    this.confirmed += part.end - part.start;
    this.report();
  }

  report(): void {
    let sent = this.confirmed;
    for (const bytes of this.#onTheWay.values()) sent += bytes;
    this.apply({ type: "progress", sent, confirmed: this.confirmed });
  }
}
