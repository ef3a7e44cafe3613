// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Target } from "@/api/types";
import { AddressRefused, Refused, SignedOut, TransientFailure } from "@/uploads/failures";
import type { Item, Status } from "@/uploads/item";
import { Ledger } from "@/uploads/ledger";
import { MemoryTransport } from "@/uploads/memory-transport";
import { MemoryPendingStore } from "@/uploads/pending-store";
import { UploadQueue } from "@/uploads/queue";
import type { Snapshot } from "@/uploads/snapshot";
import type { Found } from "@/uploads/tree";

const target: Target = { parentId: null, space: "my-files" };
const PART = 4;
const TEN = "0123456789";

let now: number;
let transport: MemoryTransport;
let store: MemoryPendingStore;
let ledger: Ledger;
let queue: UploadQueue;
let landed: Target[];

function open(): UploadQueue {
  let ids = 0;
  ledger = new Ledger(Promise.resolve(store), "me", "visit", (error) => {
    throw error;
  });
  return new UploadQueue({
    transport,
    ledger,
    // Waiting for the network takes no time here.
    waiting: { sleep: (_, signal) => (signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve()), online: () => Promise.resolve(), random: () => 0 },
    clock: () => now,
    newId: () => `i${String((ids += 1))}`,
    landed: (where) => landed.push(where),
    complain: (message) => {
      throw new Error(message);
    },
    options: { filesAtOnce: 2, transfersAtOnce: 3, publishMs: 0 },
  });
}

beforeEach(() => {
  now = 1_000_000;
  transport = new MemoryTransport({ partSize: PART, addressLifetime: 3_600_000, clock: () => now });
  store = new MemoryPendingStore();
  landed = [];
  queue = open();
});

afterEach(() => queue.dispose());

function file(path: string, content = "abc"): Found {
  const names = path.split("/");
  return { kind: "file", file: new File([content], names.at(-1) ?? "", { lastModified: 1 }), path: names.slice(0, -1), handle: null };
}

/** Resolve with the first published state that fits. */
function until(fits: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  return new Promise((resolve) => {
    const look = () => {
      if (!fits(queue.getSnapshot())) return;
      stop();
      resolve(queue.getSnapshot());
    };
    const stop = queue.subscribe(look);
    queue.refresh();
  });
}

const all = ({ unfinished, failed, done }: Snapshot): Item[] => [...unfinished, ...failed, ...done];
const settled = () => until((snapshot) => snapshot.active === 0);
const inState = (status: Status) => until((snapshot) => all(snapshot).some((item) => item.status === status));
const states = (snapshot: Snapshot) => Object.fromEntries(all(snapshot).map((item) => [item.name, item.status]));

describe("sending", () => {
  test("small and large files arrive whole", async () => {
    queue.add([file("small", "abc"), file("large", TEN), file("empty", "")], target, "b");

    expect(states(await settled())).toEqual({ small: "done", large: "done", empty: "done" });
    expect(await transport.content("small")).toBe("abc");
    expect(await transport.content("large")).toBe(TEN);
    expect(await transport.content("empty")).toBe("");
  });

  test("no more requests run at once than allowed", async () => {
    queue.add(Array.from({ length: 20 }, (_, index) => file(`f${String(index)}`, TEN)), target, "b");
    await settled();

    expect(transport.busiest).toBe(3);
    expect(transport.count("complete")).toBe(20);
  });

  test("each folder is made once, empty ones too", async () => {
    queue.add([file("Trip/a"), file("Trip/raw/b"), file("Trip/raw/c"), { kind: "folder", name: "none", path: ["Trip"] }], target, "b");
    await settled();

    expect([...transport.folders.keys()].map((key) => key.split("/")[1]).sort()).toEqual(["Trip", "none", "raw"]);
    expect(transport.count("folder")).toBe(3);
  });

  test("every folder that received something is reported", async () => {
    queue.add([file("Trip/a")], target, "b");
    await settled();

    expect(landed).toEqual([target, { parentId: "d1", space: "my-files" }]);
  });
});

describe("trouble", () => {
  test("transient failures are tried again, and only the part that failed", async () => {
    transport.failNext("send", new TransientFailure("off"), new TransientFailure("off"));
    queue.add([file("large", TEN)], target, "b");
    await settled();

    expect(await transport.content("large")).toBe(TEN);
    expect(transport.count("send")).toBe(3 + 2);
  });

  test("a refused address is asked for again", async () => {
    transport.failNext("send", new AddressRefused("expired"));
    queue.add([file("small")], target, "b");

    expect(states(await settled())).toEqual({ small: "done" });
    expect(transport.count("addresses")).toBe(2);
  });

  test("a store that refuses every address fails the file", async () => {
    transport.failNext("send", ...Array.from({ length: 9 }, () => new AddressRefused("no")));
    queue.add([file("small")], target, "b");

    expect(states(await settled())).toEqual({ small: "failed" });
  });

  test("one failure leaves the other files alone, and a retry sends only what lacks", async () => {
    const release = transport.hold("send");
    queue.add([file("large", TEN), file("small")], target, "b");
    await inState("uploading");
    transport.failNext("complete", new Refused("not now"));
    release();
    expect(Object.values(states(await settled())).sort()).toEqual(["done", "failed"]);
    const sends = transport.count("send");

    queue.retryAll();
    await until(({ done }) => done.length === 2);

    expect(await transport.content("large")).toBe(TEN);
    expect(transport.count("send") - sends).toBeLessThanOrEqual(1);
  });

  test("an upload that the service has swept begins again", async () => {
    const release = transport.hold("send");
    queue.add([file("large", TEN)], target, "b");
    await inState("uploading");
    queue.pauseAll();
    release();
    await until(({ paused }) => paused === 1);
    transport.sweep("f1");

    queue.resumeAll();
    await until(({ done }) => done.length === 1);

    expect(await transport.content("large")).toBe(TEN);
    expect(transport.count("reserve")).toBe(2);
  });

  test("a part that turns out wrong at the end is sent again, and no other", async () => {
    const release = transport.hold("complete");
    queue.add([file("large", TEN)], target, "b");
    await inState("finishing");
    transport.keep("f1", 2, new Blob(["4\0\0\0"]));
    release();
    await until(({ done }) => done.length === 1);

    expect(await transport.content("large")).toBe(TEN);
    expect(transport.calls.slice(-4)).toEqual(["progress f1", "addresses f1 2-2", "send f1 2", "complete f1"]);
  });

  test("the end of the session pauses what is left", async () => {
    transport.failNext("reserve", new SignedOut("signed out"));
    queue.add(Array.from({ length: 5 }, (_, index) => file(`f${String(index)}`)), target, "b");

    const snapshot = await settled();

    expect(snapshot.failed).toHaveLength(1);
    expect(snapshot.paused).toBeGreaterThanOrEqual(3);
  });
});

describe("pausing and cancelling", () => {
  test("after a pause only the missing parts are sent", async () => {
    const release = transport.hold("send", "f1 2");
    queue.add([file("large", TEN)], target, "b");
    await until(({ unfinished }) => unfinished[0]?.confirmed === 6);
    queue.pauseAll();
    release();
    expect((await until(({ paused }) => paused === 1)).sent).toBe(6);

    queue.resumeAll();
    await until(({ done }) => done.length === 1);

    expect(await transport.content("large")).toBe(TEN);
    expect(transport.calls.slice(-4)).toEqual(["progress f1", "addresses f1 2-2", "send f1 2", "complete f1"]);
  });

  test("a pause and a quick resume never run a file twice at once", async () => {
    const release = transport.hold("reserve");
    queue.add([file("small")], target, "b");
    await inState("preparing");
    queue.pause("i1");
    queue.resume("i1");
    release();
    await until(({ done }) => done.length === 1);

    expect(transport.count("send")).toBe(1);
    expect([...transport.files.values()]).toHaveLength(1);
  });

  test("a cancelled upload gives its reservation up", async () => {
    const release = transport.hold("send");
    queue.add([file("large", TEN)], target, "b");
    await inState("uploading");
    queue.cancel("i1");
    release();
    await settled();

    await expect.poll(() => transport.files.size).toBe(0);
    expect(all(queue.refresh())).toEqual([]);
  });

  test("a reservation that is answered after the cancel is given up too", async () => {
    const release = transport.hold("reserve");
    queue.add([file("small")], target, "b");
    await inState("preparing");
    queue.cancel("i1");
    release();

    await expect.poll(() => transport.count("abort")).toBe(1);
    expect(transport.files.size).toBe(0);
  });
});

describe("conflicts", () => {
  beforeEach(async () => {
    queue.add([file("a", "old"), file("b", "old")], target, "earlier");
    await settled();
    queue.add([file("a", "new"), file("b", "new")], target, "later");
    await until(({ conflicts }) => conflicts.length === 2);
  });

  const conflict = (index: number) => queue.getSnapshot().conflicts[index]?.id ?? "";

  test("replacing one leaves the other open", async () => {
    queue.resolve(conflict(0), "replace", false);
    const snapshot = await settled();

    expect(await transport.content("a")).toBe("new");
    expect(await transport.content("b")).toBe("old");
    expect(snapshot.conflicts).toHaveLength(1);
  });

  test("one answer serves all of the gesture, those to come included", async () => {
    queue.resolve(conflict(0), "rename", true);
    queue.add([file("a", "newer")], target, "later");
    await until(({ done }) => done.length >= 3);

    expect(queue.refresh().conflicts).toEqual([]);
    expect(await transport.content("a (1)")).toMatch(/new/);
    expect(await transport.content("b (1)")).toBe("new");
  });

  test("an unfinished upload that holds the name gives way", async () => {
    const request = { name: "c", parentId: null, space: "my-files", size: 3, onConflict: "fail", idempotencyKey: "other" } as const;
    await transport.reserve(request, new AbortController().signal);
    queue.add([file("c", "new")], target, "third");
    await until(({ conflicts }) => conflicts.length === 3);

    queue.resolve(conflict(2), "replace", false);
    await settled();

    expect(await transport.content("c")).toBe("new");
  });

  test("skipping takes the file off the list", async () => {
    queue.resolve(conflict(0), "skip", true);

    expect((await settled()).unfinished).toEqual([]);
    expect(await transport.content("a")).toBe("old");
  });
});

describe("over a reload", () => {
  test("an upload continues with the parts that the store lacks", async () => {
    const release = transport.hold("complete");
    queue.add([file("large", TEN)], target, "b");
    await inState("finishing");
    await ledger.flush();
    queue.dispose();
    release();
    transport.files.get("f1")?.parts.delete(2);
    const sends = transport.count("send");

    queue = open();
    queue.restore(await ledger.load());
    const { detached } = queue.refresh();
    queue.attach(new Map([[detached[0]?.id ?? "", new File([TEN], "large")]]));
    await until(({ done }) => done.length === 1);

    expect(await transport.content("large")).toBe(TEN);
    expect(transport.calls.slice(-4)).toEqual(["progress f1", "addresses f1 2-2", "send f1 2", "complete f1"]);
    expect(transport.count("send") - sends).toBe(1);
  });

  test("a small file that arrived before the reload is not sent again", async () => {
    const release = transport.hold("complete");
    queue.add([file("small")], target, "b");
    await inState("finishing");
    await ledger.flush();
    queue.dispose();
    release();

    queue = open();
    queue.restore(await ledger.load());
    queue.attach(new Map([["i1", new File(["abc"], "small")]]));
    await until(({ done }) => done.length === 1);

    expect(transport.count("send")).toBe(1);
  });

  test("a part that a store kept of a broken request is sent again", async () => {
    transport.hold("send", "f1 2");
    queue.add([file("large", TEN)], target, "b");
    await until(({ unfinished }) => unfinished[0]?.confirmed === 6);
    await ledger.flush();
    queue.dispose();
    // Some stores take what arrived of it for a whole part, and fill the rest with zeros.
    transport.keep("f1", 2, new Blob(["4\0\0\0"]));

    queue = open();
    queue.restore(await ledger.load());
    transport.release();
    queue.attach(new Map([["i1", new File([TEN], "large")]]));
    await until(({ done }) => done.length === 1);

    expect(await transport.content("large")).toBe(TEN);
    expect(transport.calls.slice(-4)).toEqual(["progress f1", "addresses f1 2-2", "send f1 2", "complete f1"]);
  });

  test("what waited in the queue is remembered with its place", async () => {
    const release = transport.hold("folder");
    queue.add([file("Trip/a"), file("Trip/b"), file("Trip/c")], target, "b");
    await ledger.flush();
    queue.dispose();
    release();

    expect((await ledger.load()).map(({ name, path }) => [...path, name].join("/"))).toEqual(["Trip/a", "Trip/b", "Trip/c"]);
  });

  test("what is done is forgotten", async () => {
    queue.add([file("a"), file("b")], target, "b");
    await settled();
    await ledger.flush();

    expect(await ledger.load()).toEqual([]);
  });
});
