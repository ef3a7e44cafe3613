/** Which of the files picked again belong to which interrupted upload. */
import type { Target } from "@/api/types";
import type { Item } from "@/uploads/item";
import type { Found, FoundFile } from "@/uploads/tree";

export interface Match {
  readonly attached: ReadonlyMap<string, File>;
  /** What was found and belongs to no interrupted upload. */
  readonly rest: readonly Found[];
}

/**
 * Match picked files to interrupted uploads, wherever those go.
 *
 * A file is the same when name, size and time of change are. Folders count where both
 * sides know them; a file that fits several uploads equally well fits none.
 */
export function matchPicked(items: readonly Item[], found: readonly Found[]): Match {
  return match(items, found, bestByPath);
}

/** Match files that were added to a folder anew: only the very same place counts. */
export function matchAdded(items: readonly Item[], found: readonly Found[], target: Target): Match {
  return match(items, found, (candidates, file) =>
    candidates.find(
      (item) =>
        item.target.parentId === target.parentId &&
        item.target.space === target.space &&
        samePath(item.path, file.path),
    ),
  );
}

type Choose = (candidates: readonly Item[], file: FoundFile) => Item | undefined;

function match(items: readonly Item[], found: readonly Found[], choose: Choose): Match {
  const byIdentity = new Map<string, Item[]>();
  for (const item of items) {
    const key = identity(item.name, item.size, item.lastModified);
    byIdentity.set(key, [...(byIdentity.get(key) ?? []), item]);
  }
  const attached = new Map<string, File>();
  const rest: Found[] = [];
  for (const candidate of found) {
    const item = candidate.kind === "file" ? choose(free(candidate, byIdentity, attached), candidate) : undefined;
    if (item === undefined || candidate.kind !== "file") rest.push(candidate);
    else attached.set(item.id, candidate.file);
  }
  return { attached, rest };
}

function free({ file }: FoundFile, byIdentity: ReadonlyMap<string, Item[]>, taken: ReadonlyMap<string, File>): Item[] {
  const same = byIdentity.get(identity(file.name, file.size, file.lastModified)) ?? [];
  return same.filter((item) => !taken.has(item.id));
}

function identity(name: string, size: number, lastModified: number): string {
  return `${String(size)}/${String(lastModified)}/${name.normalize("NFC")}`;
}

function bestByPath(candidates: readonly Item[], { path }: FoundFile): Item | undefined {
  const exact = candidates.find((item) => samePath(item.path, path));
  if (exact !== undefined && path.length > 0) return exact;
  const fitting = candidates.filter((item) => endsWith(item.path, path) || endsWith(path, item.path));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && endsWith(a, b);
}

/** Whether the last names of `path` are `end`; true for an empty `end`. */
function endsWith(path: readonly string[], end: readonly string[]): boolean {
  const offset = path.length - end.length;
  return offset >= 0 && end.every((name, index) => path[offset + index]?.normalize("NFC") === name.normalize("NFC"));
}
