/** How a repository is used on the command line, ready to copy. */
import type { Repository, RepositoryRef } from "@/api/repository-types";
import { Commands } from "@/repositories/Commands";
import { check, commit, connecting, reading } from "@/repositories/command-lines";
import { useIsFirst } from "@/repositories/useRepository";
import { repositories } from "@/text/repositories";
import { Dialog } from "@/ui/Dialog";

const words = repositories.commands;

interface Props {
  repository: Repository;
  refs: readonly RepositoryRef[];
  version: string | null;
  onClose: () => void;
}

export default function CommandsDialog({ repository, refs, version, onClose }: Props) {
  const { name } = repository;
  const isFirst = useIsFirst(repository, refs, version);
  return (
    <Dialog title={words.title} size="medium" onClose={onClose}>
      <Commands commands={[...(version === null ? [] : reading(name, version, isFirst)), commit(name, repository.commits === 0), check(name)]} />
      <p className="muted">{words.hint}</p>
      <Commands commands={connecting(location.origin)} />
    </Dialog>
  );
}
