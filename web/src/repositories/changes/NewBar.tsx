/** What one of several changes really added, beside all that they added together. */
import type { FolderChange } from "@/api/repository-types";
import type { ChangePlace } from "@/repositories/changes/place";
import { shareOf } from "@/repositories/changes/totals";
import { useNewBytes } from "@/repositories/changes/useNewBytes";
import { repositories } from "@/text/repositories";
import { formatBytes, formatExactBytes } from "@/ui/format";
import { usePatience } from "@/ui/usePatience";

const words = repositories.changes;
const NOTHING = { new_bytes: 0, is_most: false };

export function NewBar({ change, place }: { change: FolderChange; place: ChangePlace }) {
  const mayAdd = change.bytes_added + change.bytes_changed > 0;
  const measured = useNewBytes(place, change.path, usePatience() && mayAdd);
  const all = useNewBytes(place, place.path).data?.new_bytes ?? 0;
  if (measured.isError) return <span className="muted">–</span>;
  const found = mayAdd ? measured.data : NOTHING;
  if (!found) return <span className="bone counting" role="presentation" title={words.measuring} />;
  const size = formatBytes(found.new_bytes);
  return (
    <span className="new-bar" title={formatExactBytes(found.new_bytes)}>
      <span className="new-bar-track">
        <span style={{ inlineSize: `${shareOf(found.new_bytes, all)}%` }} />
      </span>
      <span className={`tabular ${found.new_bytes === 0 ? "muted" : ""}`}>
        {found.is_most ? words.atMost(size) : size}
        <span className="visually-hidden"> {words.reallyNew}</span>
      </span>
    </span>
  );
}
