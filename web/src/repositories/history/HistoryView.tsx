/** The commits that led to the version on show, newest first. */
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { keys } from "@/api/keys";
import { listCommits } from "@/api/repositories";
import type { Commit } from "@/api/repository-types";
import { copyText } from "@/drive/actions/downloading";
import { SkeletonList } from "@/drive/view/SkeletonList";
import { When } from "@/drive/view/cells";
import { useOnShow } from "@/repositories/context";
import { Changed } from "@/repositories/history/Changed";
import { CompareBar } from "@/repositories/history/CompareBar";
import { inLines, subject } from "@/repositories/history/message";
import { olderFirst, withMark } from "@/repositories/history/marking";
import { RefChips } from "@/repositories/RefChips";
import { shortHash } from "@/repositories/refs";
import type { RowColumn } from "@/repositories/rows/columns";
import { RowList } from "@/repositories/rows/RowList";
import { Trouble } from "@/repositories/Trouble";
import { useEndless } from "@/repositories/useEndless";
import { useMeant } from "@/repositories/useRepository";
import { repositories as words } from "@/text/repositories";
import { formatBytes, formatExactBytes } from "@/ui/format";
import { Icon } from "@/ui/Icon";
import type { MenuGroup } from "@/ui/menu-items";
import { visible } from "@/ui/visible";
import "@/repositories/history/history.css";

const HEIGHTS = { wide: 64, compact: 76 };
const NAME_WIDTH = 320;

const columns: readonly RowColumn<Commit>[] = [
  { id: "changed", title: words.columns.changes, rank: 0, width: 190, align: "end", show: (commit) => <Changed commit={commit} /> },
  { id: "size", title: words.columns.size, rank: 1, width: 120, align: "end", show: (commit) => <Holds commit={commit} /> },
];

function Holds({ commit }: { commit: Commit }) {
  return (
    <span className="tabular commit-holds" title={formatExactBytes(commit.bytes)}>
      <span>{formatBytes(commit.bytes)}</span>
      <span className="muted">{words.files(commit.files)}</span>
    </span>
  );
}

export default function HistoryView() {
  const { repository, refs, ref } = useOnShow();
  const meant = useMeant(repository.id, refs, ref);
  const { commit } = meant;
  const navigate = useNavigate();
  const [marked, setMarked] = useState<readonly string[]>([]);
  const list = useEndless({
    queryKey: keys.commits(repository.id, commit ?? ""),
    fetch: (options) => listCommits(repository.id, commit ?? "", options),
    isFinal: true,
    enabled: commit !== null,
  });

  const marks = useMemo(
    () => ({
      ids: new Set(marked),
      toggle: (hash: string) => setMarked((now) => withMark(now, hash)),
      label: (hash: string) => words.history.mark(shortHash(hash)),
    }),
    [marked],
  );

  const error = meant.error ?? list.error;
  if (error && list.items.length === 0) return <Trouble error={error} retry={meant.error ? meant.retry : list.retry} repository={repository} />;
  if (list.isLoading) return <SkeletonList view="list" />;

  const params = { id: repository.id };
  const show = ({ hash }: Commit) => void navigate({ to: "/repositories/$id/changes", params, search: { to: hash } });
  const menuOf = (shown: Commit): MenuGroup[] => [
    {
      id: "look",
      items: [
        { id: "changes", label: words.history.changes, icon: "compare", onAction: () => show(shown) },
        { id: "files", label: words.history.browse, icon: "folder", onAction: () => void navigate({ to: "/repositories/$id", params, search: { ref: shown.hash } }) },
      ],
    },
    { id: "take", items: [{ id: "hash", label: words.history.copyHash, icon: "copy", onAction: () => void copyText(shown.hash, words.history.hashCopied) }] },
  ];

  function compare() {
    const [from, to] = olderFirst(marked, list.items.map(({ hash }) => hash));
    void navigate({ to: "/repositories/$id/changes", params, search: { from, to } });
  }

  return (
    <div className="history-view">
      <CompareBar count={marked.length} onCompare={compare} onClear={() => setMarked([])} />
      <div className="view-body">
        <RowList
          name={`${repository.id}/history/${commit ?? ""}`}
          label={words.history.label}
          hint={words.history.hint}
          list={list}
          idOf={({ hash }) => hash}
          wordsOf={({ message }) => subject(message)}
          nameWidth={NAME_WIDTH}
          columns={columns}
          heights={HEIGHTS}
          title={(shown) => <Title commit={shown} id={repository.id} />}
          subtitle={(shown, isCompact) => <Facts commit={shown} isCompact={isCompact} />}
          onOpen={show}
          menuOf={menuOf}
          menuLabel={({ hash }) => words.file.actions(shortHash(hash))}
          marks={marks}
        />
      </div>
    </div>
  );
}

function Title({ commit, id }: { commit: Commit; id: string }) {
  return (
    <span className="commit-title">
      {commit.parents.length > 1 && <Icon name="merge" size={16} className="muted" />}
      <Link className="item-name truncate" to="/repositories/$id/changes" params={{ id }} search={{ to: commit.hash }} tabIndex={-1} draggable={false} title={inLines(commit.message)}>
        {subject(commit.message) || words.history.noMessage}
      </Link>
      <RefChips commit={commit.hash} />
    </span>
  );
}

function Facts({ commit, isCompact }: { commit: Commit; isCompact: boolean }) {
  const { parents } = commit;
  return (
    <>
      <span className="commit-facts">
        <span className="truncate">{visible(commit.author.name)}</span>
        <span aria-hidden="true">·</span>
        <When time={commit.committed_at} />
        <span aria-hidden="true">·</span>
        <code>{shortHash(commit.hash)}</code>
        {!isCompact && parents.length === 0 && <span>· {words.history.first}</span>}
        {!isCompact && parents.length > 1 && <span className="truncate">· {words.history.merge(parents.length)}: {parents.map(shortHash).join(", ")}</span>}
      </span>
      {isCompact && (
        <span className="commit-facts">
          <Changed commit={commit} />
        </span>
      )}
    </>
  );
}
