/** The speed of every upload that runs, and of all together. */
import { RateMeter } from "@/uploads/rate";

interface Speed {
  readonly meter: RateMeter;
  /** Bytes of the item that were through at the last report; null before the first. */
  last: number | null;
  moved: number;
}

function still(): Speed {
  return { meter: new RateMeter(), last: null, moved: 0 };
}

export class Speeds {
  readonly #running = new Map<string, Speed>();
  #all = still();

  constructor(private readonly clock: () => number) {}

  begin(id: string): void {
    // The pause before it says nothing about the connection.
    if (this.#running.size === 0) this.#all = still();
    this.#running.set(id, still());
  }

  /** Note that `sent` bytes of the item are through. What an earlier visit sent counts for nothing. */
  report(id: string, sent: number): void {
    const speed = this.#running.get(id);
    if (speed === undefined) return;
    const step = speed.last === null ? 0 : sent - speed.last;
    speed.last = sent;
    for (const one of [speed, this.#all]) {
      one.moved += step;
      one.meter.add(one.moved, this.clock());
    }
  }

  end(id: string): void {
    this.#running.delete(id);
  }

  /** Bytes per second over all; null while it is too early to tell. */
  total(): number | null {
    return this.#running.size === 0 ? null : this.#all.meter.rate(this.clock());
  }

  each(): Map<string, number> {
    const rates = new Map<string, number>();
    for (const [id, { meter }] of this.#running) {
      const rate = meter.rate(this.clock());
      if (rate !== null) rates.set(id, rate);
    }
    return rates;
  }
}
