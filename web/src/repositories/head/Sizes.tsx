/** What a repository holds and takes, in one line. */
import type { Repository } from "@/api/repository-types";
import { SavedBar } from "@/repositories/SavedBar";
import { repositories as words } from "@/text/repositories";
import { formatBytes, formatCount, formatExactBytes } from "@/ui/format";

export function Sizes({ repository }: { repository: Repository }) {
  if (repository.commits === 0) return null;
  return (
    <dl className="sizes">
      <div className="sizes-more">
        <dt>{words.columns.commits}</dt>
        <dd className="tabular">{formatCount(repository.commits)}</dd>
      </div>
      <div className="sizes-more" title={words.logicalHint}>
        <dt>{words.columns.logical}</dt>
        <dd className="tabular" title={formatExactBytes(repository.logical_bytes)}>{formatBytes(repository.logical_bytes)}</dd>
      </div>
      <div title={words.storedHint}>
        <dt>{words.columns.stored}</dt>
        <dd className="tabular" title={formatExactBytes(repository.stored_bytes)}>{formatBytes(repository.stored_bytes)}</dd>
      </div>
      <div className="sizes-saved">
        <dt>{words.columns.saved}</dt>
        <dd><SavedBar repository={repository} /></dd>
      </div>
    </dl>
  );
}
