/** What copying to a replica, or back from it, did. */
import type { CopyReport } from "@/api/operations-types";
import { checks as words } from "@/text/checks";
import { formatBytes } from "@/ui/format";
import { visible } from "@/ui/visible";

export function Copied({ report: { copied, copied_bytes: bytes, problems, problems_count: failed, held_back: isHeldBack } }: { report: CopyReport }) {
  return (
    <div role="status">
      <p>{words.copied(copied, formatBytes(bytes))}</p>
      {failed > 0 && (
        <>
          <p className="field-error">{words.notCopied(failed)}</p>
          <ul className="plain-list mono">
            {problems.map(({ key, detail }) => <li key={key}>{`${visible(key)}: ${detail}`}</li>)}
          </ul>
        </>
      )}
      {isHeldBack && <p>{words.heldBack}</p>}
    </div>
  );
}
