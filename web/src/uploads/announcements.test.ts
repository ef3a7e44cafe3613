// @vitest-environment node
import { expect, test } from "vitest";
import { announcement } from "@/uploads/announcements";
import { newItem, type Status } from "@/uploads/item";
import { type Snapshot, summarise } from "@/uploads/snapshot";

function state(...statuses: Status[]): Snapshot {
  const found = (index: number) =>
    ({ kind: "file", file: new File(["abc"], `file ${String(index)}`), path: [], handle: null }) as const;
  const target = { parentId: null, space: "my-files" } as const;
  const items = statuses.map((status, index) => ({ ...newItem(String(index), found(index), target, "b"), status }));
  return summarise(items, null, new Map());
}

test.each([
  ["a beginning", state(), state("waiting", "uploading"), "Uploading 2 items."],
  ["an end", state("finishing", "done"), state("done", "done"), "2 items uploaded."],
  ["an end with failures", state("uploading", "done"), state("failed", "done"), "1 item uploaded, 1 failed."],
  ["a failure on the way", state("uploading", "waiting"), state("failed", "uploading"), "Upload of file 0 failed."],
  ["a question", state("preparing"), state("conflict"), "The name file 0 is taken. A decision is needed."],
  ["an earlier visit", state(), state("detached"), "1 upload can continue: pick the same file"],
])("%s is announced", (_, before, now, said) => {
  expect(announcement(before, now)).toBe(said);
});

test("progress alone is not announced", () => {
  expect(announcement(state("uploading", "waiting"), state("done", "uploading"))).toBeNull();
});

