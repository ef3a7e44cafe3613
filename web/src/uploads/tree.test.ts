// @vitest-environment node
import { expect, test } from "vitest";
import { type Found, fromFiles, type Grabbed, type Unreadable, walk } from "@/uploads/tree";

interface Tree {
  readonly [name: string]: Tree | string | Error;
}

/** A directory entry as a browser gives it: its reader hands out two children at a time. */
function entry(name: string, content: Tree[string]): FileSystemEntry {
  if (typeof content === "string" || content instanceof Error) {
    const file = (resolve: (file: File) => void, reject: (error: Error) => void) =>
      content instanceof Error ? reject(content) : resolve(new File([content], name));
    return { isFile: true, isDirectory: false, name, file } as unknown as FileSystemEntry; // the part of it that the walk uses
  }
  const createReader = () => {
    const left = Object.entries(content).map(([child, below]) => entry(child, below));
    return { readEntries: (resolve: (some: FileSystemEntry[]) => void) => resolve(left.splice(0, 2)) };
  };
  return { isFile: false, isDirectory: true, name, createReader } as unknown as FileSystemEntry; // as above
}

/** The same tree as handles, as newer browsers give it. */
function handle(name: string, content: Tree[string]): FileSystemHandle {
  if (typeof content === "string" || content instanceof Error) {
    const getFile = () => (content instanceof Error ? Promise.reject(content) : Promise.resolve(new File([content], name)));
    return { kind: "file", name, getFile } as unknown as FileSystemHandle; // the part of it that the walk uses
  }
  async function* values() {
    for (const child of Object.keys(content)) yield await Promise.resolve(handle(child, (content as Tree)[child] ?? ""));
  }
  return { kind: "directory", name, values } as unknown as FileSystemHandle; // as above
}

async function paths(...grabbed: Grabbed[]): Promise<string[]> {
  const found: string[] = [];
  for await (const one of walk(grabbed)) found.push(describe(one));
  return found;
}

function describe(one: Found | Unreadable): string {
  if (one.kind === "unreadable") return `unreadable ${one.name}`;
  return one.kind === "folder" ? [...one.path, one.name, ""].join("/") : [...one.path, one.file.name].join("/");
}

const byEntry = (name: string, content: Tree[string]): Grabbed => ({
  handle: Promise.resolve(null),
  entry: entry(name, content),
  file: null,
});
const byHandle = (name: string, content: Tree[string]): Grabbed => ({
  handle: Promise.resolve(handle(name, content)),
  entry: null,
  file: null,
});

const trip: Tree = { "10.jpg": "x", "9.jpg": "y", empty: {}, raw: { deep: { "a.dng": "z", "b.dng": "z", "c.dng": "z" } } };
const tripPaths = ["Trip/9.jpg", "Trip/10.jpg", "Trip/empty/", "Trip/raw/deep/a.dng", "Trip/raw/deep/b.dng", "Trip/raw/deep/c.dng"];

test.each([
  ["entries", byEntry],
  ["handles", byHandle],
])("a dropped folder gives its files in natural order and its empty folders, by %s", async (_, drop) => {
  expect(await paths(drop("Trip", trip))).toEqual(tripPaths);
});

test.each([
  ["entries", byEntry],
  ["handles", byHandle],
])("a file that cannot be read does not stop the others, by %s", async (_, drop) => {
  const found = await paths(drop("Trip", { a: "x", b: new Error("gone"), c: "z" }));

  expect(found).toEqual(["Trip/a", "unreadable Trip/b", "Trip/c"]);
});

test("a dropped file without an entry is taken as it is", async () => {
  const plain = { handle: Promise.resolve(null), entry: null, file: new File(["x"], "a.txt") };

  expect(await paths(plain)).toEqual(["a.txt"]);
});

const byBoth = (name: string, content: Tree[string]): Grabbed => ({
  ...byEntry(name, content),
  handle: Promise.resolve(handle(name, {})),
});

test("names about which a handle is silent are found by the entry", async () => {
  expect(await paths(byBoth("Trip", trip))).toEqual(tripPaths);
});

test.each([
  ["a handle", byHandle],
  ["both", byBoth],
])("each file keeps the way from what was dropped, by %s", async (_, drop) => {
  const steps: (readonly string[] | undefined)[] = [];
  for await (const one of walk([drop("Trip", trip)])) if (one.kind === "file") steps.push(one.handle?.steps);

  expect(steps[0]).toEqual(["9.jpg"]);
  expect(steps.at(-1)).toEqual(["raw", "deep", "c.dng"]);
});

test("a folder input tells the folders of its files", () => {
  const file = Object.assign(new File(["x"], "a.jpg"), { webkitRelativePath: "Trip/raw/a.jpg" });
  const alone = Object.assign(new File(["x"], "b.jpg"), { webkitRelativePath: "" });

  expect(fromFiles([file, alone]).map((one) => one.path)).toEqual([["Trip", "raw"], []]);
});
