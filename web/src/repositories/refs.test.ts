import { expect, test } from "vitest";
import type { RepositoryRef } from "@/api/repository-types";
import { findRef, knownCommit, refLabel, refText } from "@/repositories/refs";

const hash = (letter: string) => letter.repeat(64);
const ref = (kind: RepositoryRef["kind"], name: string, letter: string): RepositoryRef => ({ kind, name, commit: hash(letter), updated_at: "2026-01-01T00:00:00Z" });
const refs = [ref("tag", "main", "a"), ref("branch", "main", "b"), ref("tag", "v1/rc", "c")];

test("a branch is found before a tag of the same name, and either by its kind", () => {
  expect(findRef(refs, "main")?.commit).toBe(hash("b"));
  expect(findRef(refs, "tag:main")?.commit).toBe(hash("a"));
  expect(findRef(refs, "v1/rc")?.commit).toBe(hash("c"));
  expect(findRef(refs, "branch:v1/rc")).toBeNull();
});

test("a whole hash is its own commit, and only the service knows the rest", () => {
  expect(knownCommit(refs, hash("d"))).toBe(hash("d"));
  expect(knownCommit(refs, "main~2")).toBeNull();
  expect(knownCommit(refs, "abcd")).toBeNull();
});

test("what an address calls a ref finds it again", () => {
  for (const each of refs) expect(findRef(refs, refText(each, refs))).toBe(each);
  expect(refLabel("tag:main")).toBe("main");
  expect(refLabel(hash("d"))).toBe("dddddddddd");
});
