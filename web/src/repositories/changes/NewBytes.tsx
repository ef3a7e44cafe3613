/** What all changes below a folder really added. */
import type { ChangePlace } from "@/repositories/changes/place";
import { useNewBytes } from "@/repositories/changes/useNewBytes";
import { repositories } from "@/text/repositories";
import { formatBytes, formatExactBytes } from "@/ui/format";

const words = repositories.changes;

export function NewBytes({ place }: { place: ChangePlace }) {
  const { data, isPending } = useNewBytes(place, place.path);
  if (!isPending && !data) return null;
  const size = data && formatBytes(data.new_bytes);
  return (
    <div className="really-new" title={words.reallyNewHint}>
      <dt>{words.reallyNew}</dt>
      <dd className="tabular">
        {data && size !== undefined ? (
          <strong title={formatExactBytes(data.new_bytes)}>{data.is_most ? words.atMost(size) : size}</strong>
        ) : (
          <span className="muted">{words.measuring}</span>
        )}
      </dd>
    </div>
  );
}
