import { expect, test } from "vitest";
import { olderFirst, withMark } from "@/repositories/history/marking";

test("two are chosen at most, and the first gives way to a third", () => {
  const two = withMark(withMark([], "a"), "b");
  expect(two).toEqual(["a", "b"]);
  expect(withMark(two, "c")).toEqual(["b", "c"]);
  expect(withMark(two, "a")).toEqual(["b"]);
});

test("the older one is compared with the newer, however they were chosen", () => {
  const newestFirst = ["c", "b", "a"];
  expect(olderFirst(["c", "a"], newestFirst)).toEqual(["a", "c"]);
  expect(olderFirst(["a", "c"], newestFirst)).toEqual(["a", "c"]);
});
