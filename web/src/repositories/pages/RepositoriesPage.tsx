/** All repositories that a person may read, and making one. */
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { keys } from "@/api/keys";
import { listRepositories } from "@/api/repositories";
import type { Repository } from "@/api/repository-types";
import { When } from "@/drive/view/cells";
import { SkeletonList } from "@/drive/view/SkeletonList";
import { creating } from "@/repositories/command-lines";
import { Commands } from "@/repositories/Commands";
import { RowList } from "@/repositories/rows/RowList";
import type { RowColumn } from "@/repositories/rows/columns";
import { SavedBar } from "@/repositories/SavedBar";
import { Trouble } from "@/repositories/Trouble";
import { type Endless, useEndless } from "@/repositories/useEndless";
import { text } from "@/text";
import { repositories as words } from "@/text/repositories";
import { Button } from "@/ui/Button";
import { ask } from "@/ui/dialogs";
import { formatBytes, formatCount, formatExactBytes, formatWhen } from "@/ui/format";
import { Icon } from "@/ui/Icon";
import { later } from "@/ui/later";
import { Message } from "@/ui/Message";
import "@/drive/browser.css";
import "@/repositories/repositories.css";

const NewRepositoryDialog = later(() => import("@/repositories/NewRepositoryDialog"));
const HEIGHTS = { wide: 60, compact: 76 };

const bytes = (value: number) => <span className="tabular" title={formatExactBytes(value)}>{formatBytes(value)}</span>;

const columns: readonly RowColumn<Repository>[] = [
  { id: "changed", title: words.columns.changed, rank: 2, width: 112, show: (repository) => <When time={repository.changed_at} /> },
  { id: "commits", title: words.columns.commits, rank: 3, width: 76, align: "end", show: ({ commits }) => <span className="tabular">{formatCount(commits)}</span> },
  { id: "logical", title: words.columns.logical, hint: words.logicalHint, rank: 4, width: 92, align: "end", show: (repository) => bytes(repository.logical_bytes) },
  { id: "stored", title: words.columns.stored, hint: words.storedHint, rank: 1, width: 84, align: "end", show: (repository) => bytes(repository.stored_bytes) },
  { id: "saved", title: words.columns.saved, rank: 0, width: 176, show: (repository) => <SavedBar repository={repository} /> },
];

export default function RepositoriesPage() {
  const navigate = useNavigate();
  const list = useEndless({ queryKey: keys.repositoryList, fetch: listRepositories });

  useEffect(() => {
    document.title = `${words.title} – ${text.product}`;
  }, []);

  const open = ({ id }: Pick<Repository, "id">) => void navigate({ to: "/repositories/$id", params: { id } });
  async function create() {
    const made = await ask<Repository | null>((done) => <NewRepositoryDialog onDone={done} />);
    if (made) open(made);
  }

  return (
    <div className="browser">
      <div className="browser-head">
        <div className="page-title">
          <h1>{words.title}</h1>
          <p className="muted">{words.hint}</p>
        </div>
        <div className="new-buttons">
          <Button variant="primary" icon="plus" onPress={() => void create()}>{words.create}</Button>
        </div>
      </div>
      <div className="browser-body">
        <div className="browser-files" id="files" tabIndex={-1}>
          <Content list={list} onOpen={open} />
        </div>
      </div>
    </div>
  );
}

function Content({ list, onOpen }: { list: Endless<Repository>; onOpen: (repository: Repository) => void }) {
  if (list.isLoading) return <SkeletonList view="list" />;
  if (list.items.length === 0) {
    if (list.error) return <Trouble error={list.error} retry={list.retry} />;
    return (
      <div className="browser-empty">
        <Message icon="layers" title={words.empty.title} hint={words.empty.hint}>
          <Commands commands={creating} />
        </Message>
      </div>
    );
  }
  return (
    <RowList
      name="repositories"
      label={words.title}
      list={list}
      idOf={(repository) => repository.id}
      wordsOf={(repository) => repository.name}
      nameTitle={words.columns.name}
      columns={columns}
      heights={HEIGHTS}
      icon={(_, size) => <span className="repository-icon"><Icon name="layers" size={size > 28 ? 24 : 20} /></span>}
      title={(repository) => <Name repository={repository} />}
      subtitle={(repository, isCompact) => <Facts repository={repository} isCompact={isCompact} />}
      onOpen={onOpen}
      menuOf={(repository) => [{ id: "open", items: [{ id: "open", label: words.file.open, icon: "layers", onAction: () => onOpen(repository) }] }]}
      menuLabel={(repository) => words.file.actions(repository.name)}
    />
  );
}

function Name({ repository }: { repository: Repository }) {
  return (
    <span className="repository-name">
      <Link className="item-name truncate" to="/repositories/$id" params={{ id: repository.id }} tabIndex={-1} draggable={false} title={repository.name}>
        {repository.name}
      </Link>
      {repository.is_encrypted && (
        <span className="repository-lock" title={words.encrypted}>
          <Icon name="lock" size={14} />
          <span className="visually-hidden">{words.encrypted}</span>
        </span>
      )}
    </span>
  );
}

function Facts({ repository, isCompact }: { repository: Repository; isCompact: boolean }) {
  const whose = repository.space === "shared" ? words.shared : words.mine;
  if (!isCompact) {
    return [whose, ...(repository.commits > 0 ? [words.branches(repository.branches), words.tags(repository.tags)] : [])].join(" · ");
  }
  const when = repository.changed_at === null ? words.noCommits.title : formatWhen(repository.changed_at);
  return (
    <>
      <span className="truncate">{[whose, ...(repository.commits > 0 ? [words.commits(repository.commits)] : []), when].join(" · ")}</span>
      {repository.commits > 0 && (
        <span className="repository-sizes">
          <span className="tabular">{words.saved.summary(formatBytes(repository.stored_bytes), formatBytes(repository.logical_bytes))}</span>
          <SavedBar repository={repository} />
        </span>
      )}
    </>
  );
}
