/** Changes, added up. */
import type { ChangeCounts } from "@/api/repository-types";

export function totalsOf(changes: readonly ChangeCounts[]): ChangeCounts {
  const sum = (name: keyof ChangeCounts) => changes.reduce((total, change) => total + change[name], 0);
  return {
    added: sum("added"),
    changed: sum("changed"),
    touched: sum("touched"),
    removed: sum("removed"),
    renamed: sum("renamed"),
    others: sum("others"),
    bytes_added: sum("bytes_added"),
    bytes_changed: sum("bytes_changed"),
    bytes_removed: sum("bytes_removed"),
  };
}

/** All bytes that a change is about: how long its bar is. */
export function weightOf({ bytes_added: added, bytes_changed: changed, bytes_removed: removed }: ChangeCounts): number {
  return added + changed + removed;
}

/** The parts of a bar in percent of the longest one; what is there is seen, however small beside the rest. */
export function barOf(change: ChangeCounts, longest: number): { added: number; changed: number; removed: number } {
  const part = (bytes: number) => (bytes === 0 || longest === 0 ? 0 : Math.max(0.75, (bytes / longest) * 100));
  return { added: part(change.bytes_added), changed: part(change.bytes_changed), removed: part(change.bytes_removed) };
}
