/** How many files were added, changed and removed, and how large they are. */
import type { ChangeCounts } from "@/api/repository-types";
import type { ReactNode } from "react";
import { weightOf } from "@/repositories/changes/totals";
import { repositories as words } from "@/text/repositories";
import { formatBytes, formatCount, formatExactBytes } from "@/ui/format";

interface Part {
  kind: "added" | "changed" | "removed" | "renamed";
  sign: string;
  files: number;
  bytes: number | null;
}

export function partsOf(totals: ChangeCounts): Part[] {
  const parts: Part[] = [
    { kind: "added", sign: "+", files: totals.added, bytes: totals.bytes_added },
    { kind: "changed", sign: "~", files: totals.changed, bytes: totals.bytes_changed },
    { kind: "removed", sign: "−", files: totals.removed, bytes: totals.bytes_removed },
    { kind: "renamed", sign: "→", files: totals.renamed, bytes: null },
  ];
  return parts.filter(({ files }) => files > 0);
}

export function Counts({ totals, bytes }: { totals: ChangeCounts; bytes?: ReactNode }) {
  const parts = partsOf(totals);
  const weight = weightOf(totals);
  if (parts.length === 0) return <span className="muted">{smallChange(totals)}</span>;
  return (
    <span className="change-counts tabular">
      <span className="change-files">
        {parts.map(({ kind, sign, files }) => (
          <span key={kind} className={`change-count ${kind}`}>
            <span aria-hidden="true">{sign}{formatCount(files)}</span>
            <span className="visually-hidden">{words.history[kind](files)} </span>
          </span>
        ))}
      </span>
      {bytes ?? (weight > 0 && <span className="muted" title={formatExactBytes(weight)}>{formatBytes(weight)}</span>)}
    </span>
  );
}

/** What happened where no file has other bytes or another name. */
function smallChange({ others, touched }: ChangeCounts): string {
  if (touched > 0) return words.changes.touched;
  return others > 0 ? words.history.others(others) : words.history.same;
}
