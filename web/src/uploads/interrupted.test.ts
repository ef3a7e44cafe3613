// @vitest-environment node
import { beforeEach, expect, test } from "vitest";
import { findInterrupted, openHandles } from "@/uploads/interrupted";
import { newItem } from "@/uploads/item";
import { itemOf, Ledger } from "@/uploads/ledger";
import { MemoryTransport } from "@/uploads/memory-transport";
import { MemoryPendingStore, type PendingRecord } from "@/uploads/pending-store";
import type { HandlePath } from "@/uploads/tree";

const { signal } = new AbortController();
const target = { parentId: null, space: "my-files" } as const;

let store: MemoryPendingStore;
let transport: MemoryTransport;

beforeEach(() => {
  store = new MemoryPendingStore();
  transport = new MemoryTransport({ partSize: 4, addressLifetime: 1000, clock: () => 0 });
});

const ledger = (visit: string, owner = "me") =>
  new Ledger(Promise.resolve(store), owner, visit, (error) => {
    throw error;
  });

async function remember(name: string, fileId: string | null, visit = "old", owner = "me"): Promise<void> {
  const found = { kind: "file", file: new File(["abc"], name, { lastModified: 1 }), path: [], handle: null } as const;
  const kept = ledger(visit, owner);
  kept.note({ ...newItem(name, found, target, "b"), fileId }, null);
  await kept.flush();
}

async function found(openVisits: string[] = []): Promise<string[]> {
  const mine = ledger("new");
  const records = await findInterrupted(mine, transport, new Set(openVisits), signal);
  await mine.flush();
  return records.map((record: PendingRecord) => itemOf(record).name);
}

async function reserve(name: string): Promise<string> {
  const request = { name, parentId: null, space: "my-files", size: 3, onConflict: "fail", idempotencyKey: name } as const;
  return (await transport.reserve(request, signal)).fileId;
}

test("what is still open, and what was never begun, can continue", async () => {
  await remember("begun", await reserve("begun"));
  await remember("queued", null);

  expect((await found()).sort()).toEqual(["begun", "queued"]);
});

test("what the service no longer has is forgotten", async () => {
  const fileId = await reserve("done");
  await remember("done", fileId);
  transport.sweep(fileId);

  expect(await found()).toEqual([]);
  expect(await store.load("me")).toEqual([]);
});

test("what another open tab works on is left to it", async () => {
  await remember("mine", null, "closed");
  await remember("theirs", null, "open");

  expect(await found(["open"])).toEqual(["mine"]);
});

test("nobody sees the uploads of another person", async () => {
  await remember("private", null, "old", "somebody else");

  expect(await found()).toEqual([]);
});

test("a file behind a handle continues only when it is unchanged", async () => {
  const item = newItem("1", { kind: "file", file: new File(["abc"], "a", { lastModified: 1 }), path: [], handle: null }, target, "b");
  const handle = (content: string, lastModified: number): HandlePath => {
    const root = {
      kind: "file",
      getFile: () => Promise.resolve(new File([content], "a", { lastModified })),
      isSameEntry: () => Promise.resolve(true),
      queryPermission: () => Promise.resolve("granted"),
    };
    return { root: root as unknown as FileSystemHandle, steps: [] }; // what of it is used
  };

  expect((await openHandles([item], () => handle("abc", 1), false)).size).toBe(1);
  expect((await openHandles([item], () => handle("abc", 2), false)).size).toBe(0);
  expect((await openHandles([item], () => handle("abcd", 1), false)).size).toBe(0);
});

test("the browser is asked once for everything that came in one folder", async () => {
  let questions = 0;
  const root = {
    kind: "directory",
    isSameEntry: () => Promise.resolve(true),
    queryPermission: () => Promise.resolve("prompt"),
    requestPermission: () => {
      questions += 1;
      return Promise.resolve("denied");
    },
  } as unknown as FileSystemHandle; // what of it is used
  const items = ["a", "b", "c"].map((name) =>
    newItem(name, { kind: "file", file: new File(["abc"], name), path: [], handle: null }, target, "b"),
  );

  const files = await openHandles(items, (id) => ({ root, steps: [id] }), true);

  expect(files.size).toBe(0);
  expect(questions).toBe(1);
});
