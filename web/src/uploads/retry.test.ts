// @vitest-environment node
import { expect, test } from "vitest";
import { Refused, TransientFailure } from "@/uploads/failures";
import { backOff, type Waiting, withRetry } from "@/uploads/retry";

const options = { attempts: 4, firstDelayMs: 100, longestDelayMs: 250 };

function patient(): Waiting & { slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    sleep: (ms, signal) => {
      slept.push(ms);
      signal.throwIfAborted();
      return Promise.resolve();
    },
    online: () => Promise.resolve(),
    random: () => 1,
  };
}

function failing(times: number, error: Error): () => Promise<string> {
  let left = times;
  return () => (left-- > 0 ? Promise.reject(error) : Promise.resolve("done"));
}

test("waits twice as long after each failure, up to a limit", () => {
  expect([1, 2, 3, 4].map((failures) => backOff(failures, 1, options))).toEqual([100, 200, 250, 250]);
  expect(backOff(1, 0, options)).toBe(50);
});

test("succeeds after transient failures", async () => {
  const waiting = patient();
  let stalls = 0;

  const result = await withRetry(failing(3, new TransientFailure("off")), waiting, new AbortController().signal, () => (stalls += 1), options);

  expect(result).toBe("done");
  expect(stalls).toBe(3);
  expect(waiting.slept).toEqual([100, 200, 250]);
});

test("gives up after the last attempt", async () => {
  const work = failing(9, new TransientFailure("off"));

  await expect(withRetry(work, patient(), new AbortController().signal, () => undefined, options)).rejects.toThrow("off");
});

test("does not repeat what was refused", async () => {
  const waiting = patient();

  await expect(withRetry(failing(1, new Refused("no")), waiting, new AbortController().signal, () => undefined)).rejects.toThrow("no");
  expect(waiting.slept).toEqual([]);
});

test("waits as long as the other side asks", async () => {
  const waiting = patient();

  await withRetry(failing(1, new TransientFailure("busy", 7000)), waiting, new AbortController().signal, () => undefined);

  expect(waiting.slept).toEqual([7000]);
});
