/** How much a commit changed, asked for once its row has stayed on show. */
import { useQuery } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { getCommitChanges } from "@/api/repositories";
import type { Commit } from "@/api/repository-types";
import { Counts } from "@/repositories/changes/Counts";
import { useOnShow } from "@/repositories/context";
import { retryTransient } from "@/repositories/useEndless";
import { repositories } from "@/text/repositories";
import { formatBytes, formatExactBytes } from "@/ui/format";
import { usePatience } from "@/ui/usePatience";
import { Limiter } from "@/uploads/limiter";

/** Counting is work for the service; a click on something else is not to wait for a screen full of it. */
const AT_ONCE = 3;
const limiter = new Limiter(AT_ONCE);

const words = repositories.history;

export function Changed({ commit }: { commit: Commit }) {
  const { repository } = useOnShow();
  const { data, isError } = useQuery({
    queryKey: keys.commitChanges(repository.id, commit.hash),
    queryFn: ({ signal }) => limiter.run(() => getCommitChanges(repository.id, commit.hash, signal), signal),
    enabled: usePatience(),
    staleTime: Infinity,
    retry: retryTransient,
  });
  if (isError) return <span className="muted">–</span>;
  if (!data) return <span className="bone counting" role="presentation" title={words.counting} />;
  const size = formatBytes(data.new_bytes);
  return (
    <Counts
      totals={data.changes}
      bytes={<span className="muted" title={formatExactBytes(data.new_bytes)}>{data.is_most ? words.newAtMost(size) : words.newBytes(size)}</span>}
    />
  );
}
