/** Where changes are looked at: two commits, and a folder. */
import type { Pair } from "@/api/repositories";
import type { Change, FolderChange, Repository } from "@/api/repository-types";

export interface ChangePlace {
  repository: Repository;
  pair: Pair;
  path: string;
}

/** Whether there is a folder to go into. */
export function isFolder({ entry_kind: kind }: Pick<FolderChange | Change, "entry_kind">): boolean {
  return kind === "folder";
}

/** A folder is touched by whatever happens in it: that alone is no news. */
export function isTouchedFolder(change: Pick<FolderChange | Change, "entry_kind" | "kind">): boolean {
  return isFolder(change) && change.kind === "touched";
}
