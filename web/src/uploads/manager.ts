/** The uploads of one signed-in person: takes gestures in, keeps the queue, remembers over reloads. */
import { messageOf } from "@/api/problem";
import type { Target } from "@/api/types";
import { uploads as words } from "@/text/uploads";
import { newId } from "@/uploads/ids";
import { findInterrupted, openHandles } from "@/uploads/interrupted";
import { Ledger } from "@/uploads/ledger";
import type { PendingStore } from "@/uploads/pending-store";
import { UploadQueue } from "@/uploads/queue";
import { matchAdded, matchPicked } from "@/uploads/resume";
import type { Waiting } from "@/uploads/retry";
import type { Transport } from "@/uploads/transport";
import { type Found, fromFiles, type Grabbed, type Unreadable, walk } from "@/uploads/tree";

/** So many files of a large tree are queued together: the first go up while the walk goes on. */
const WALK_BATCH = 250;

export interface ManagerParts {
  readonly transport: Transport;
  readonly waiting: Waiting;
  readonly store: Promise<PendingStore>;
  readonly owner: string;
  readonly visit: string;
  readonly openVisits: () => Promise<ReadonlySet<string>>;
  readonly landed: (target: Target) => void;
  readonly complain: (message: string) => void;
}

export interface Continued {
  readonly matched: number;
  readonly left: number;
}

export class UploadManager {
  readonly queue: UploadQueue;
  readonly #ledger: Ledger;
  readonly #life = new AbortController();

  constructor(private readonly parts: ManagerParts) {
    const complain = (message: string) => parts.complain(message);
    this.#ledger = new Ledger(parts.store, parts.owner, parts.visit, (error) =>
      complain(words.notRemembered(messageOf(error))),
    );
    const { transport, waiting, landed } = parts;
    const ledger = this.#ledger;
    this.queue = new UploadQueue({ transport, waiting, ledger, landed, complain, newId, clock: () => Date.now() });
  }

  /** Find what an earlier visit left; continue at once what needs no click. */
  async start(): Promise<void> {
    try {
      const found = await findInterrupted(this.#ledger, this.parts.transport, await this.parts.openVisits(), this.#life.signal);
      this.queue.restore(found);
      await this.#continueWithHandles(false);
    } catch (error) {
      if (!this.#life.signal.aborted) this.parts.complain(words.cannotLook(messageOf(error)));
    }
  }

  dispose(): void {
    this.#life.abort();
    this.queue.dispose();
    void this.#ledger.flush();
  }

  addFiles(files: readonly File[], target: Target): void {
    this.#add(fromFiles(files), target, newId());
  }

  /** Add what was grabbed of a drop. */
  addDropped(grabbed: readonly Grabbed[], target: Target): Promise<void> {
    return this.#addWalk(walk(grabbed), target);
  }

  /** Continue interrupted uploads with the files that were picked again. */
  continueWith(files: readonly File[]): Continued {
    const { detached } = this.queue.getSnapshot();
    const { attached } = matchPicked(detached, fromFiles(files));
    this.queue.attach(attached);
    return { matched: attached.size, left: detached.length - attached.size };
  }

  /** Continue with the files that the browser can open by itself, after asking. Needs a click. */
  continueWithHandles(): Promise<Continued> {
    return this.#continueWithHandles(true);
  }

  /** Whether some interrupted upload may need no picking. */
  hasHandles(): boolean {
    return this.queue.getSnapshot().detached.some((item) => this.queue.handleOf(item.id) !== null);
  }

  discardInterrupted(): void {
    for (const item of this.queue.getSnapshot().detached) this.queue.cancel(item.id);
  }

  async #continueWithHandles(ask: boolean): Promise<Continued> {
    const { detached } = this.queue.refresh();
    const files = await openHandles(detached, (id) => this.queue.handleOf(id), ask);
    this.queue.attach(files);
    return { matched: files.size, left: detached.length - files.size };
  }

  async #addWalk(found: AsyncIterable<Found | Unreadable>, target: Target): Promise<void> {
    const batch = newId();
    const due: Found[] = [];
    let total = 0;
    for await (const one of found) {
      total += 1;
      if (one.kind === "unreadable") this.parts.complain(words.unreadableEntry(one.name));
      else due.push(one);
      if (due.length >= WALK_BATCH) this.#add(due.splice(0), target, batch);
    }
    this.#add(due, target, batch);
    if (total === 0) this.parts.complain(words.emptyDrop);
  }

  /** A file that an interrupted upload waits for continues that one instead of beginning another. */
  #add(found: readonly Found[], target: Target, batch: string): void {
    const { attached, rest } = matchAdded(this.queue.getSnapshot().detached, found, target);
    this.queue.attach(attached);
    this.queue.add(rest, target, batch);
  }
}
