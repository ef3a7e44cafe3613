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

test("a part that the store has in another length is missing", () => {
  const missing = missingParts(planParts(10, 4), [
    { part_number: 1, size: 4 },
    { part_number: 2, size: 3 },
  ]);

  expect(missing.map((part) => part.number)).toEqual([2, 3]);
});

test("addresses are asked for up to the last missing part of the window", () => {
  const missing = planParts(100, 1).filter((part) => [2, 3, 9, 50].includes(part.number));

  expect(addressWindow(missing, 2, 10)).toEqual({ first: 2, last: 9 });
  expect(addressWindow(missing, 50, 10)).toEqual({ first: 50, last: 50 });
});
