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

/** All bytes of the files that a change is about. */
export function weightOf({ bytes_added: added, bytes_changed: changed, bytes_removed: removed }: ChangeCounts): number {
  return added + changed + removed;
}

/** A part in percent of the whole; what is there is seen, however small beside the rest. */
export function shareOf(part: number, whole: number): number {
  if (part === 0) return 0;
  return whole === 0 ? 100 : Math.min(100, Math.max(1.5, (part / whole) * 100));
}
