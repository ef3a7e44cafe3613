/** Speed and time left, from the bytes of the last few seconds. */

const WINDOW_MS = 10_000;
const MIN_SPAN_MS = 1_000;
const MIN_STEP_MS = 100;

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/** Measures a running total of bytes, which falls when a part has to start over. */
export class RateMeter {
  #samples: Sample[] = [];

  /** Note that `total` bytes were through at the time `at` (milliseconds). */
  add(total: number, at: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && at - last.at < MIN_STEP_MS) return;
    this.#samples.push({ at, bytes: total });
    this.#forgetBefore(at - WINDOW_MS);
  }

  /** Return bytes per second over the window that ends at `now`, or null when it is too early to tell. */
  rate(now: number): number | null {
    this.#forgetBefore(now - WINDOW_MS);
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined) return null;
    const span = now - first.at;
    if (span < MIN_SPAN_MS) return null;
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / span);
  }

  // The newest sample from before the window stays: it is where the window begins.
  #forgetBefore(limit: number): void {
    while (this.#samples.length > 1 && (this.#samples[1]?.at ?? 0) <= limit) this.#samples.shift();
  }
}

/** Return the seconds left, or null when nothing moves. */
export function secondsLeft(remaining: number, rate: number | null): number | null {
  if (remaining <= 0) return 0;
  if (rate === null || rate <= 0) return null;
  return remaining / rate;
}
