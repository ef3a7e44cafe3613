/** How much changed between two commits, below a folder. */
import { useQuery } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { listFolderChanges, type Pair } from "@/api/repositories";
import type { ChangeCounts } from "@/api/repository-types";
import { totalsOf } from "@/repositories/changes/totals";
import { retryTransient } from "@/repositories/useEndless";

export function useTotals(repository: string, pair: Pair, path: string, enabled: boolean): ChangeCounts | null {
  const { data } = useQuery({
    queryKey: keys.changeTotals(repository, pair, path),
    queryFn: async ({ signal }) => {
      const all: ChangeCounts[] = [];
      let cursor: string | null = null;
      do {
        const page = await listFolderChanges(repository, pair, path, { cursor, signal });
        all.push(totalsOf(page.items));
        cursor = page.next_cursor;
      } while (cursor !== null);
      return totalsOf(all);
    },
    enabled,
    staleTime: Infinity,
    retry: retryTransient,
  });
  return data ?? null;
}
