/** How many bytes were added, changed and removed, as a bar beside those of the others. */
import type { ChangeCounts } from "@/api/repository-types";
import { barOf } from "@/repositories/changes/totals";
import { text } from "@/text";
import { formatBytes } from "@/ui/format";

const words = text.repositories.changes;
const PARTS = ["added", "changed", "removed"] as const;

export function ChangeBar({ change, longest }: { change: ChangeCounts; longest: number }) {
  const bar = barOf(change, longest);
  const label = words.bar(formatBytes(change.bytes_added), formatBytes(change.bytes_changed), formatBytes(change.bytes_removed));
  return (
    <span className="change-bar" role="img" aria-label={label} title={label}>
      {PARTS.map((part) => bar[part] > 0 && <span key={part} className={part} style={{ inlineSize: `${bar[part]}%` }} />)}
    </span>
  );
}
