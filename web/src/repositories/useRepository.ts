/** What is asked about one repository: what it is, its branches and tags, and which commit is meant. */
import { useQuery } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { getCommit, getRepository, listRefs } from "@/api/repositories";
import type { Repository, RepositoryRef } from "@/api/repository-types";
import { knownCommit } from "@/repositories/refs";
import { retryTransient } from "@/repositories/useEndless";

export function useRepository(id: string) {
  return useQuery({ queryKey: keys.repository(id), queryFn: ({ signal }) => getRepository(id, signal), retry: retryTransient });
}

export function useRefs(id: string) {
  return useQuery({ queryKey: keys.refs(id), queryFn: ({ signal }) => listRefs(id, signal), retry: retryTransient });
}

/** A commit by any name; by its hash the answer holds as long as the page does. */
export function useCommit(id: string, ref: string | null) {
  return useQuery({
    queryKey: keys.commit(id, ref ?? ""),
    queryFn: ({ signal }) => getCommit(id, ref ?? "", signal),
    enabled: ref !== null,
    retry: retryTransient,
  });
}

export interface Meant {
  /** The hash of the commit; null while it is not known, or where nothing is meant. */
  commit: string | null;
  error: Error | null;
  retry: () => void;
}

/** The commit that a text means: told by the refs, or else asked for. */
export function useMeant(id: string, refs: readonly RepositoryRef[], ref: string | null): Meant {
  const known = ref === null ? null : knownCommit(refs, ref);
  const asked = useCommit(id, known === null ? ref : null);
  return { commit: known ?? asked.data?.hash ?? null, error: known === null ? asked.error : null, retry: () => void asked.refetch() };
}

/** Whether the version has nothing before it, as far as can be told without its keys. */
export function useIsFirst(repository: Repository, refs: readonly RepositoryRef[], ref: string | null): boolean {
  const { commit } = useMeant(repository.id, refs, repository.is_readable ? ref : null);
  const { data } = useCommit(repository.id, commit);
  return data ? data.parents.length === 0 : repository.commits < 2;
}
