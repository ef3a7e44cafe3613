// @vitest-environment node
import { expect, test } from "vitest";
import { newItem } from "@/uploads/item";
import { matchAdded, matchPicked } from "@/uploads/resume";
import type { Found } from "@/uploads/tree";

const target = { parentId: null, space: "my-files" } as const;

function found(path: string, content = "abc", lastModified = 1): Found {
  const names = path.split("/");
  const file = new File([content], names.at(-1) ?? "", { lastModified });
  return { kind: "file", file, path: names.slice(0, -1), handle: null };
}

const interrupted = (path: string) => newItem(path, found(path), target, "b");
const attached = (match: ReturnType<typeof matchPicked>) => [...match.attached.keys()];

test("a file picked alone continues the upload of its folder", () => {
  const match = matchPicked([interrupted("Trip/a.jpg")], [found("a.jpg")]);

  expect(attached(match)).toEqual(["Trip/a.jpg"]);
});

test("another size, date or name is another file", () => {
  const picked = [found("a.jpg", "abcd"), found("a.jpg", "abc", 2), found("b.jpg")];

  const match = matchPicked([interrupted("a.jpg")], picked);

  expect(attached(match)).toEqual([]);
  expect(match.rest).toEqual(picked);
});

test("a picked folder tells equal files apart", () => {
  const items = [interrupted("Trip/1/a.jpg"), interrupted("Trip/2/a.jpg")];

  const match = matchPicked(items, [found("Trip/2/a.jpg"), found("Trip/1/a.jpg")]);

  expect(match.attached.size).toBe(2);
  expect(match.rest).toEqual([]);
});

test("a folder picked higher or lower than before still matches", () => {
  expect(attached(matchPicked([interrupted("Trip/1/a.jpg")], [found("Photos/Trip/1/a.jpg")]))).toEqual(["Trip/1/a.jpg"]);
  expect(attached(matchPicked([interrupted("Trip/1/a.jpg")], [found("1/a.jpg")]))).toEqual(["Trip/1/a.jpg"]);
});

test("a file that fits two uploads equally well fits none", () => {
  const match = matchPicked([interrupted("1/a.jpg"), interrupted("2/a.jpg")], [found("a.jpg")]);

  expect(attached(match)).toEqual([]);
});

test("one file continues one upload", () => {
  const match = matchPicked([interrupted("a.jpg")], [found("a.jpg"), found("a.jpg")]);

  expect(match.attached.size).toBe(1);
  expect(match.rest).toHaveLength(1);
});

test("a file added to another folder begins a new upload", () => {
  const elsewhere = { parentId: "other", space: "my-files" } as const;

  expect(attached(matchAdded([interrupted("a.jpg")], [found("a.jpg")], elsewhere))).toEqual([]);
  expect(attached(matchAdded([interrupted("a.jpg")], [found("a.jpg")], target))).toEqual(["a.jpg"]);
});

test("names match however their accents are composed", () => {
  const match = matchPicked([interrupted("caf\u00e9.txt")], [found("cafe\u0301.txt")]);

  expect(match.attached.size).toBe(1);
});
