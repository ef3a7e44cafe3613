// @vitest-environment node
import { describe, expect, test } from "vitest";
import { type Event, type Item, isActive, newItem, type Status, transition } from "@/uploads/item";

const target = { parentId: null, space: "my-files" } as const;
const found = { kind: "file", file: new File(["0123456789"], "a.txt", { lastModified: 7 }), path: [], handle: null } as const;
const fresh = newItem("1", found, target, "b");
const conflict = { existingId: "x", existingKind: "file", existingState: "ready", suggestedName: null } as const;

const after = (...events: Event[]): Item => events.reduce(transition, fresh);
const reserved: Event = { type: "reserved", fileId: "f", storedName: "a.txt" };

describe("an upload", () => {
  test("goes from waiting to done", () => {
    const item = after({ type: "start" }, { type: "placed", parentId: "p" }, reserved, { type: "finish" }, { type: "done" });

    expect(item).toMatchObject({ status: "done", fileId: "f", parentId: "p", sent: 10, confirmed: 10 });
  });

  test("keeps a reservation whose answer comes after a pause", () => {
    const item = after({ type: "start" }, { type: "pause" }, reserved);

    expect(item).toMatchObject({ status: "paused", fileId: "f" });
  });

  test("falls back to the confirmed bytes when it is paused", () => {
    const item = after({ type: "start" }, reserved, { type: "progress", sent: 8, confirmed: 4 }, { type: "pause" });

    expect(item).toMatchObject({ status: "paused", sent: 4, confirmed: 4 });
  });

  test("ignores bytes that are reported after its end", () => {
    const failed = after({ type: "start" }, reserved, { type: "fail", message: "no" });

    expect(transition(failed, { type: "progress", sent: 9, confirmed: 9 })).toBe(failed);
  });

  test("reserves under a new key after a decision", () => {
    const item = after({ type: "start" }, { type: "conflict", conflict }, { type: "resolve", onConflict: "rename", displaces: null });

    expect(item).toMatchObject({ status: "waiting", onConflict: "rename", conflict: null, generation: 1 });
  });

  test("keeps its reservation when it is retried", () => {
    const item = after({ type: "start" }, reserved, { type: "fail", message: "no" }, { type: "retry" });

    expect(item).toMatchObject({ status: "waiting", fileId: "f", failure: null, generation: 0 });
  });
});

test("random events never break what holds in every state", () => {
  const events: Event[] = [
    { type: "start" }, { type: "placed", parentId: "p" }, reserved, { type: "reservation-lost" }, { type: "conflict", conflict },
    { type: "resolve", onConflict: "replace", displaces: "x" }, { type: "progress", sent: 6, confirmed: 3 }, { type: "stall", reason: "off" }, { type: "finish" },
    { type: "done" }, { type: "fail", message: "no" }, { type: "pause" }, { type: "resume" }, { type: "retry" },
    { type: "attach" }, { type: "cancel" },
  ];
  const final: Status[] = ["done", "cancelled"];
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };

  for (let walk = 0; walk < 500; walk += 1) {
    let item: Item = fresh;
    for (let step = 0; step < 40; step += 1) {
      const event = events[random(events.length)];
      if (event === undefined) continue;
      const next = transition(item, event);
      if (final.includes(item.status)) expect(next).toBe(item);
      expect(next.confirmed).toBeLessThanOrEqual(next.sent);
      expect(next.sent).toBeLessThanOrEqual(next.size);
      expect(next.generation).toBeGreaterThanOrEqual(item.generation);
      expect(next.conflict !== null).toBe(next.status === "conflict" || (next.status === "cancelled" && next.conflict !== null));
      if (next.status === "uploading") expect(next.fileId).not.toBeNull();
      if (isActive(next.status)) expect(next.failure).toBeNull();
      item = next;
    }
  }
});
