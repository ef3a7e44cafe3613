// @vitest-environment node
import { expect, test } from "vitest";
import type { ListedFile } from "@/api/types";
import { idsOfWaiting, pauseOf } from "@/drive/useWaitingMedia";

test("the pauses grow from less than a second, and not without end", () => {
  expect(pauseOf(0)).toBeLessThan(1_000);
  expect(pauseOf(3)).toBeGreaterThan(pauseOf(2));
  expect(pauseOf(100)).toBe(10_000);
});

test("only files whose media wait are asked for", () => {
  const file = (id: string, state: string | null) => ({ id, media: state && { state } }) as unknown as ListedFile; // all that is looked at

  expect(idsOfWaiting([file("a", "waiting"), file("b", "ready"), file("c", null), file("d", "unreadable")])).toEqual(["a"]);
});
