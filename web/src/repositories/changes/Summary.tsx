/** All changes below a folder in figures, and what they really added to the store. */
import type { ChangeCounts } from "@/api/repository-types";
import { partsOf } from "@/repositories/changes/Counts";
import { NewBytes } from "@/repositories/changes/NewBytes";
import type { ChangePlace } from "@/repositories/changes/place";
import { repositories as words } from "@/text/repositories";
import { formatBytes, formatExactBytes } from "@/ui/format";

export function Summary({ place, totals }: { place: ChangePlace; totals: ChangeCounts | null }) {
  return (
    <dl className="change-summary">
      {totals &&
        partsOf(totals).map(({ kind, files, bytes }) => (
          <div key={kind} className={kind}>
            <dt>{words.changes[kind]}</dt>
            <dd className="tabular">
              <strong>{words.files(files)}</strong>
              {bytes !== null && <span className="muted" title={formatExactBytes(bytes)}>{formatBytes(bytes)}</span>}
            </dd>
          </div>
        ))}
      <NewBytes place={place} />
    </dl>
  );
}
