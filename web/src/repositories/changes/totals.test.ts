import { expect, test } from "vitest";
import type { ChangeCounts } from "@/api/repository-types";
import { barOf, totalsOf, weightOf } from "@/repositories/changes/totals";

const none: ChangeCounts = { added: 0, changed: 0, touched: 0, removed: 0, renamed: 0, others: 0, bytes_added: 0, bytes_changed: 0, bytes_removed: 0 };

test("changes are added up, each count by itself", () => {
  const total = totalsOf([
    { ...none, added: 2, bytes_added: 10 },
    { ...none, added: 1, removed: 3, bytes_added: 5, bytes_removed: 7 },
  ]);
  expect(total).toEqual({ ...none, added: 3, removed: 3, bytes_added: 15, bytes_removed: 7 });
  expect(weightOf(total)).toBe(22);
  expect(totalsOf([])).toEqual(none);
});

test("the longest bar is whole and the others are parts of it", () => {
  expect(barOf({ ...none, bytes_added: 50, bytes_removed: 50 }, 100)).toEqual({ added: 50, changed: 0, removed: 50 });
});

test("a change is seen, however small beside the rest", () => {
  const bar = barOf({ ...none, bytes_changed: 1 }, 10 ** 12);
  expect(bar.changed).toBeGreaterThan(0.5);
  expect(bar.added).toBe(0);
  expect(barOf(none, 0)).toEqual({ added: 0, changed: 0, removed: 0 });
});
