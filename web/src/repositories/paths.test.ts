import { expect, test } from "vitest";
import { joined, nameOf, parentOf, relativeTo, stepsOf } from "@/repositories/paths";

test("paths come apart and together again", () => {
  for (const path of ["a", "a/b", "a/b/c.txt"]) expect(joined(parentOf(path), nameOf(path))).toBe(path);
  expect(parentOf("a")).toBe("");
  expect(stepsOf("a/b/c")).toEqual(["a", "a/b", "a/b/c"]);
  expect(stepsOf("")).toEqual([]);
});

test("a path is told from the folder on show, where it lies in it", () => {
  expect(relativeTo("a", "a/b/c")).toBe("b/c");
  expect(relativeTo("a", "ab/c")).toBe("ab/c");
  expect(relativeTo("", "a/b")).toBe("a/b");
});
