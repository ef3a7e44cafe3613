import { expect, test } from "vitest";
import type { ChangeCounts } from "@/api/repository-types";
import { shareOf, totalsOf, weightOf } from "@/repositories/changes/totals";

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

test("a part is seen, however small beside the whole, and never longer", () => {
  expect(shareOf(50, 100)).toBe(50);
  expect(shareOf(1, 10 ** 12)).toBeGreaterThan(1);
  expect(shareOf(0, 100)).toBe(0);
  expect(shareOf(120, 100)).toBe(100);
});
