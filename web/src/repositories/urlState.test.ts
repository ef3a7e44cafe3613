import { expect, test } from "vitest";
import { parseChangesSearch, parseFilesSearch } from "@/repositories/urlState";

test("a path is read whatever slashes stand around it", () => {
  expect(parseFilesSearch({ path: "/a//b/", ref: "main" })).toMatchObject({ path: "a/b", ref: "main" });
  expect(parseFilesSearch({ path: "/" }).path).toBeUndefined();
});

test("what is not understood is left out", () => {
  expect(parseChangesSearch({ view: "tree", from: "", to: 7 })).toEqual(parseChangesSearch({}));
  expect(parseChangesSearch({ was: "old" }).was).toBeUndefined();
  expect(parseChangesSearch({ preview: "new", was: "old" }).was).toBe("old");
});
