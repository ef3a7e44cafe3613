/** What is stored of all versions, at one look: the part that is filled had to be stored. */
import type { Repository } from "@/api/repository-types";
import { savedPercent, savedShare } from "@/repositories/saved";
import { repositories } from "@/text/repositories";
import { formatBytes } from "@/ui/format";
import "@/repositories/saved-bar.css";

const words = repositories.saved;

export function SavedBar({ repository }: { repository: Pick<Repository, "logical_bytes" | "stored_bytes"> }) {
  const share = savedShare(repository);
  const percent = savedPercent(repository);
  if (share === null || percent === null) return <span className="muted">–</span>;
  const label = words.label(formatBytes(repository.stored_bytes), formatBytes(repository.logical_bytes), percent);
  return (
    <span className="saved" title={label}>
      <span className="saved-bar" role="img" aria-label={label}>
        <span className="saved-stored" style={{ inlineSize: `${(1 - share) * 100}%` }} />
      </span>
      <span className={`saved-share tabular ${percent === 0 ? "muted" : ""}`} aria-hidden="true">{words.share(percent)}</span>
    </span>
  );
}
