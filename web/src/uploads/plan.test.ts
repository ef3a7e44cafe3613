// @vitest-environment node
import { expect, test } from "vitest";
import { addressWindow, bytesOf, missingParts, planParts } from "@/uploads/plan";

test.each([
  [0, 4, [[0, 0]]],
  [1, 4, [[0, 1]]],
  [4, 4, [[0, 4]]],
  [5, 4, [[0, 4], [4, 5]]],
  [12, 4, [[0, 4], [4, 8], [8, 12]]],
])("a file of %i bytes in parts of %i", (size, partSize, ranges) => {
  expect(planParts(size, partSize).map(({ start, end }) => [start, end])).toEqual(ranges);
});

test("parts cover a file of 5 TiB without a gap", () => {
  const size = 5 * 1024 ** 4;
  const plan = planParts(size, 640 * 1024 ** 2);

  expect(bytesOf(plan)).toBe(size);
  expect(plan.every((part, index) => part.number === index + 1 && part.start === (plan[index - 1]?.end ?? 0))).toBe(true);
});

test.each([
  ["the store lists it and has acknowledged it", { size: 4, etag: "x" }, { etag: "x" }, false],
  ["the store shows no ETag to us", { size: 4, etag: "x" }, { etag: null }, false],
  ["the store has it in another length", { size: 3, etag: "x" }, { etag: "x" }, true],
  ["the store has other bytes", { size: 4, etag: "y" }, { etag: "x" }, true],
  ["the store lists what it never acknowledged", { size: 4, etag: "x" }, null, true],
  ["the store has lost it", null, { etag: "x" }, true],
])("whether a part is sent when %s", (_, listed, sent, isMissing) => {
  const missing = missingParts(
    planParts(4, 4),
    listed === null ? [] : [{ number: 1, ...listed }],
    sent === null ? [] : [{ number: 1, ...sent }],
  );

  expect(missing).toHaveLength(isMissing ? 1 : 0);
});

test("addresses are asked for up to the last missing part of the window", () => {
  const missing = planParts(100, 1).filter((part) => [2, 3, 9, 50].includes(part.number));

  expect(addressWindow(missing, 2, 10)).toEqual({ first: 2, last: 9 });
  expect(addressWindow(missing, 50, 10)).toEqual({ first: 50, last: 50 });
});
