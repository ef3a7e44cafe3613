/** Tells the page about changes, a few times a second at most. */
import { EMPTY, type Snapshot } from "@/uploads/snapshot";

/** While something moves, so often at least: a connection that stands still shows as a falling speed. */
const PULSE_MS = 1000;

export interface PublisherParts {
  readonly summarise: () => Snapshot;
  readonly isMoving: () => boolean;
  readonly clock: () => number;
  /** The shortest time between two states. */
  readonly everyMs: number;
}

export class Publisher {
  readonly #listeners = new Set<() => void>();
  #snapshot = EMPTY;
  #published = 0;
  #due: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: PublisherParts) {}

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Return the state as it was last published: the same object until the next time. */
  latest(): Snapshot {
    return this.#snapshot;
  }

  /** Publish as soon as the last time is long enough ago. */
  soon(): void {
    const { clock, everyMs } = this.parts;
    const wait = this.#published + everyMs - clock();
    this.#due ??= setTimeout(() => this.now(), Math.min(everyMs, Math.max(0, wait)));
  }

  now(): Snapshot {
    this.stop();
    this.#published = this.parts.clock();
    this.#snapshot = this.parts.summarise();
    for (const listener of this.#listeners) listener();
    if (this.parts.isMoving()) this.#pulse = setTimeout(() => this.now(), PULSE_MS);
    return this.#snapshot;
  }

  /** Publish nothing more until the next change. */
  stop(): void {
    clearTimeout(this.#due);
    clearTimeout(this.#pulse);
    this.#due = undefined;
  }
}
