/** The bytes that were not there before in any file: what a change really added. */
import { useQuery } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { measureNewBytes } from "@/api/repositories";
import type { ChangePlace } from "@/repositories/changes/place";
import { retryTransient } from "@/repositories/useEndless";
import { text } from "@/text";
import { formatBytes, formatExactBytes } from "@/ui/format";

const words = text.repositories.changes;

export function NewBytes({ place }: { place: ChangePlace }) {
  const { repository, pair, path } = place;
  const { data, isPending } = useQuery({
    queryKey: keys.newBytes(repository.id, pair, path),
    queryFn: ({ signal }) => measureNewBytes(repository.id, pair, path, signal),
    staleTime: Infinity,
    retry: retryTransient,
  });
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
