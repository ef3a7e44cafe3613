/** Files and folders that a person dropped or chose, with their places in the tree. */

/** How to find a file again after a reload: a handle the browser keeps, and the way from it. */
export interface HandlePath {
  readonly root: FileSystemHandle;
  readonly steps: readonly string[];
}

export interface FoundFile {
  readonly kind: "file";
  readonly file: File;
  readonly path: readonly string[];
  readonly handle: HandlePath | null;
}

/** A folder that holds nothing; the others come into being with what they hold. */
export interface FoundFolder {
  readonly kind: "folder";
  readonly name: string;
  readonly path: readonly string[];
}

export interface Unreadable {
  readonly kind: "unreadable";
  readonly name: string;
}

export type Found = FoundFile | FoundFolder;

/** What a drop gave, taken while the event lasts; only then does the browser hand it out. */
export interface Grabbed {
  readonly handle: Promise<FileSystemHandle | null>;
  readonly entry: FileSystemEntry | null;
  readonly file: File | null;
}

interface HandleGiver {
  getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
}

const natural = new Intl.Collator(undefined, { numeric: true });

/** Return chosen files with the folders that a folder input gives them. */
export function fromFiles(files: readonly File[]): FoundFile[] {
  return files.map((file) => ({
    kind: "file",
    file,
    path: file.webkitRelativePath.split("/").slice(0, -1),
    handle: null,
  }));
}

/** Take what was dropped. Call it inside the event: later the transfer is empty. */
export function grab(transfer: DataTransfer): Grabbed[] {
  return [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => ({
      // Refused without a secure context or for foreign drags: the entry serves then.
      handle: (item as HandleGiver).getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null),
      entry: item.webkitGetAsEntry(),
      file: item.getAsFile(),
    }));
}

/** Yield every file and every empty folder of what was dropped, each folder in natural order. */
export async function* walk(grabbed: readonly Grabbed[]): AsyncGenerator<Found | Unreadable> {
  for (const { handle, entry, file } of grabbed) {
    const kept = await handle;
    // A script that makes a transfer gives files without a handle, and then it is undefined.
    const way = kept ? { root: kept, steps: [] } : null;
    // By entries first: the handle of a folder is silent about names like `12:30.jpg` or `Why?.pdf`.
    if (entry !== null) yield* walkNode(entryNode(entry, way), []);
    else if (way !== null) yield* walkNode(handleNode(way.root, way), []);
    else if (file !== null) yield { kind: "file", file, path: [], handle: null };
  }
}

/** One face for the two ways in which browsers show a tree. */
interface Node {
  readonly name: string;
  /** Null for a folder. */
  readonly file: (() => Promise<File>) | null;
  readonly handle: HandlePath | null;
  readonly children: () => Promise<Node[]>;
}

async function* walkNode(node: Node, path: readonly string[]): AsyncGenerator<Found | Unreadable> {
  let file: File | null = null;
  let children: Node[] = [];
  try {
    if (node.file !== null) file = await node.file();
    else children = await node.children();
  } catch {
    yield { kind: "unreadable", name: [...path, node.name].join("/") };
    return;
  }
  if (file !== null) {
    yield { kind: "file", file, path, handle: node.handle };
  } else if (children.length === 0) {
    yield { kind: "folder", name: node.name, path };
  } else {
    children.sort((a, b) => natural.compare(a.name, b.name));
    for (const child of children) yield* walkNode(child, [...path, node.name]);
  }
}

function handleNode(handle: FileSystemHandle, way: HandlePath): Node {
  if (handle.kind === "file") {
    const file = handle as FileSystemFileHandle;
    return { name: handle.name, file: () => file.getFile(), handle: way, children: () => Promise.resolve([]) };
  }
  const folder = handle as FileSystemDirectoryHandle;
  const children = async () => {
    const found: Node[] = [];
    for await (const child of folder.values()) {
      found.push(handleNode(child, below(way, child.name)));
    }
    return found;
  };
  return { name: handle.name, file: null, handle: null, children };
}

function below(way: HandlePath, name: string): HandlePath {
  return { root: way.root, steps: [...way.steps, name] };
}

function entryNode(entry: FileSystemEntry, way: HandlePath | null): Node {
  if (entry.isFile) {
    const file = () => new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return { name: entry.name, file, handle: way, children: () => Promise.resolve([]) };
  }
  const children = async () => {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    const found: Node[] = [];
    // A reader gives a hundred or so at a time and an empty list at the end.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return found;
      found.push(...some.map((child) => entryNode(child, way && below(way, child.name))));
    }
  };
  return { name: entry.name, file: null, handle: null, children };
}
