/** One repository: its head, and one of its views. */
import { type ReactNode, useEffect, useMemo } from "react";
import type { Repository, RepositoryRef } from "@/api/repository-types";
import { SkeletonList } from "@/drive/view/SkeletonList";
import { OnShowContext } from "@/repositories/context";
import { Head, type ViewName } from "@/repositories/head/Head";
import { Locked } from "@/repositories/Locked";
import { NoCommits } from "@/repositories/NoCommits";
import { Trouble } from "@/repositories/Trouble";
import { useRefs, useRepository } from "@/repositories/useRepository";
import { text } from "@/text";
import "@/drive/browser.css";
import "@/repositories/repositories.css";

interface RepositoryPageProps {
  id: string;
  view: ViewName;
  /** The version that the address names. */
  chosen: string | undefined;
  children: ReactNode;
}

/** The version on show where the address names none. */
function defaultRef(repository: Repository, refs: readonly RepositoryRef[]): string | null {
  return repository.default_branch ?? refs[0]?.name ?? null;
}

export default function RepositoryPage({ id, view, chosen, children }: RepositoryPageProps) {
  const repository = useRepository(id);
  const refs = useRefs(id);
  const onShow = useMemo(
    () => repository.data && refs.data && { repository: repository.data, refs: refs.data, ref: chosen ?? defaultRef(repository.data, refs.data) },
    [repository.data, refs.data, chosen],
  );
  const name = repository.data?.name;
  useEffect(() => {
    document.title = name === undefined ? text.product : `${name} – ${text.product}`;
  }, [name]);

  const error = repository.error ?? refs.error;
  if (!onShow) {
    const retry = () => void Promise.all([repository.refetch(), refs.refetch()]);
    return (
      <div className="browser" id="files" tabIndex={-1}>
        {error ? <Trouble error={error} retry={retry} /> : <SkeletonList view="list" />}
      </div>
    );
  }
  return (
    <OnShowContext value={onShow}>
      <div className="browser">
        <Head view={view} />
        <div className="browser-body">
          <div className="browser-files repository-view" id="files" tabIndex={-1}>
            {!onShow.repository.is_readable ? <Locked /> : onShow.ref === null ? <NoCommits /> : children}
          </div>
        </div>
      </div>
    </OnShowContext>
  );
}
