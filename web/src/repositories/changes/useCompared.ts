/** The two commits that the address compares. */
import { useMemo } from "react";
import type { Pair } from "@/api/repositories";
import { useOnShow } from "@/repositories/context";
import type { ChangesSearch } from "@/repositories/urlState";
import { useCommit, useMeant } from "@/repositories/useRepository";

export interface Compared {
  /** Null while it is not known. */
  pair: Pair | null;
  /** How the address names the two; an older one that it does not name is the first parent of the newer. */
  from: string | null;
  to: string;
  /** Whether a commit is compared with its own parent: then what it changed is on show. */
  isOneCommit: boolean;
  error: Error | null;
  retry: () => void;
}

export function useCompared(search: Pick<ChangesSearch, "from" | "to">): Compared {
  const { repository, refs, ref } = useOnShow();
  const toText = search.to ?? ref ?? "";
  const to = useMeant(repository.id, refs, toText);
  const named = useMeant(repository.id, refs, search.from ?? null);
  const newer = useCommit(repository.id, search.from === undefined ? to.commit : null);
  const parent = newer.data && (newer.data.parents[0] ?? null);
  const from = search.from === undefined ? parent : (named.commit ?? undefined);
  const pair = useMemo(() => (to.commit === null || from === undefined ? null : { from, to: to.commit }), [from, to.commit]);
  return {
    pair,
    from: search.from ?? null,
    to: toText,
    isOneCommit: search.from === undefined,
    error: to.error ?? named.error ?? newer.error,
    retry: () => {
      if (to.error) to.retry();
      else if (named.error) named.retry();
      else void newer.refetch();
    },
  };
}
