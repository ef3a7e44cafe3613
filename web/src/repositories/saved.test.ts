import { expect, test } from "vitest";
import { savedPercent, savedShare } from "@/repositories/saved";

test("what was saved is a share of all versions", () => {
  expect(savedPercent({ logical_bytes: 1000, stored_bytes: 240 })).toBe(76);
  expect(savedShare({ logical_bytes: 0, stored_bytes: 0 })).toBeNull();
});

test("nothing is saved where more is stored than there is", () => {
  expect(savedPercent({ logical_bytes: 100, stored_bytes: 130 })).toBe(0);
});

test("all is never saved while something is stored", () => {
  expect(savedPercent({ logical_bytes: 10_000_000, stored_bytes: 1 })).toBe(99);
});
