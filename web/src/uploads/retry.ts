/** Trying again after failures that pass. */
import { TransientFailure } from "@/uploads/failures";

/** What waiting stands on; tests pass their own. */
export interface Waiting {
  /** Resolve after so many milliseconds, or reject when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Resolve as soon as the machine has a network. */
  online(signal: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
}

export interface RetryOptions {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

const RETRY: RetryOptions = { attempts: 9, firstDelayMs: 500, longestDelayMs: 30_000 };

/** Return the pause before the try after `failures` failures: exponential, half of it random. */
export function backOff(failures: number, random: number, options: RetryOptions = RETRY): number {
  const ceiling = Math.min(options.longestDelayMs, options.firstDelayMs * 2 ** (failures - 1));
  return ceiling * (0.5 + random / 2);
}

/**
 * Run `work`, again after each transient failure, and return its result.
 *
 * `stalled` hears of every failure that leads to another try. Raises the last
 * failure when the tries are used up, and any other failure at once.
 */
export async function withRetry<T>(
  work: () => Promise<T>,
  waiting: Waiting,
  signal: AbortSignal,
  stalled: (reason: string) => void,
  options: RetryOptions = RETRY,
): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await work();
    } catch (error) {
      failures += 1;
      if (!(error instanceof TransientFailure) || failures >= options.attempts) throw error;
      stalled(error.message);
      await waiting.online(signal);
      await waiting.sleep(error.retryAfterMs ?? backOff(failures, waiting.random(), options), signal);
    }
  }
}

/** The browser's own clock and network. */
export const browserWaiting: Waiting = {
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const stop = () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", stop);
        resolve();
      }, ms);
      signal.addEventListener("abort", stop, { once: true });
    }),
  online: (signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (navigator.onLine) {
        resolve();
        return;
      }
      const settle = (done: () => void) => () => {
        window.removeEventListener("online", up);
        signal.removeEventListener("abort", stop);
        done();
      };
      const up = settle(resolve);
      const stop = settle(() => reject(signal.reason as Error));
      window.addEventListener("online", up);
      signal.addEventListener("abort", stop);
    }),
  random: () => Math.random(),
};
