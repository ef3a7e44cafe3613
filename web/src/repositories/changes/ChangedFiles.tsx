/** Every changed file below a folder, with its size before and after. */
import { keys } from "@/api/keys";
import { listChanges } from "@/api/repositories";
import type { Change } from "@/api/repository-types";
import { copyText } from "@/drive/actions/downloading";
import { SkeletonList } from "@/drive/view/SkeletonList";
import { KindChip } from "@/repositories/changes/KindChip";
import { type ChangePlace, isFolder, isTouchedFolder } from "@/repositories/changes/place";
import { relativeTo } from "@/repositories/paths";
import type { RowColumn } from "@/repositories/rows/columns";
import { RowList } from "@/repositories/rows/RowList";
import { Trouble } from "@/repositories/Trouble";
import { useEndless } from "@/repositories/useEndless";
import { repositories as words } from "@/text/repositories";
import { FileIcon } from "@/ui/FileIcon";
import { formatBytes, formatExactBytes } from "@/ui/format";
import type { MenuGroup } from "@/ui/menu-items";
import { Message } from "@/ui/Message";
import { visible } from "@/ui/visible";

const HEIGHTS = { wide: 48, compact: 72 };

/** What was not there, or is not any more, has no size. */
function Size({ change, at }: { change: Change; at: "before" | "after" }) {
  const bytes = at === "before" ? change.size_before : change.size_after;
  if (change.kind === (at === "before" ? "added" : "removed")) return <span className="muted">–</span>;
  return <span className="tabular" title={formatExactBytes(bytes)}>{formatBytes(bytes)}</span>;
}

const columns: readonly RowColumn<Change>[] = [
  { id: "kind", title: words.columns.changes, rank: 0, width: 148, show: ({ kind }) => <KindChip kind={kind} /> },
  { id: "before", title: words.columns.before, rank: 2, width: 92, align: "end", show: (change) => <Size change={change} at="before" /> },
  { id: "after", title: words.columns.after, rank: 1, width: 92, align: "end", show: (change) => <Size change={change} at="after" /> },
];

export function ChangedFiles({ place, onFile }: { place: ChangePlace; onFile: (path: string, was?: string) => void }) {
  const { repository, pair, path } = place;
  const list = useEndless({
    queryKey: keys.changes(repository.id, pair, path),
    fetch: async (options) => {
      const page = await listChanges(repository.id, pair, path, options);
      return { ...page, items: page.items.filter((change) => !isTouchedFolder(change)) };
    },
    isFinal: true,
  });
  const open = (change: Change) => {
    if (change.entry_kind === "file") onFile(change.path, change.old_path ?? undefined);
  };
  const menuOf = (change: Change): MenuGroup[] => [
    { id: "look", items: isFolder(change) ? [] : [{ id: "open", label: words.changes.show, icon: "eye", onAction: () => open(change) }] },
    { id: "take", items: [{ id: "path", label: words.file.copyPath, icon: "copy", onAction: () => void copyText(change.path, words.file.pathCopied) }] },
  ];
  if (list.isLoading) return <SkeletonList view="list" />;
  if (list.error && list.items.length === 0) return <Trouble error={list.error} retry={list.retry} repository={repository} />;
  if (list.items.length === 0) return <Message icon="check" title={words.changes.sameTitle} hint={words.changes.sameHint} />;
  return (
    <div className="view-body">
      <RowList
        key={`${pair.from ?? ""}/${pair.to}/${path}`}
        name={`${repository.id}/changed-files/${pair.from ?? ""}/${pair.to}/${path}`}
        label={words.changes.label}
        list={list}
        idOf={(change) => change.path}
        wordsOf={(change) => relativeTo(path, change.path)}
        nameTitle={words.columns.name}
        columns={columns}
        heights={HEIGHTS}
        icon={(change, size) => <FileIcon file={{ filename: change.path, mimetype: "", is_folder: isFolder(change) }} size={size > 28 ? 24 : 20} />}
        title={(change) => <Path path={relativeTo(path, change.path)} />}
        subtitle={(change, isCompact) => <Facts change={change} isCompact={isCompact} folder={path} />}
        onOpen={open}
        menuOf={menuOf}
        menuLabel={(change) => words.file.actions(visible(change.path))}
      />
    </div>
  );
}

/** A long path loses letters of its folders, never of its name. */
function Path({ path }: { path: string }) {
  const end = path.lastIndexOf("/") + 1;
  return (
    <span className="item-name change-path" title={visible(path)}>
      <span className="change-folder muted">{visible(path.slice(0, end))}</span>
      <span className="change-name truncate">{visible(path.slice(end))}</span>
    </span>
  );
}

function Facts({ change, isCompact, folder }: { change: Change; isCompact: boolean; folder: string }) {
  const was = change.old_path === null ? null : <span className="truncate">{words.changes.renamedFrom(visible(relativeTo(folder, change.old_path)))}</span>;
  if (!isCompact) return was;
  return (
    <span className="change-facts">
      {was}
      <span className="commit-facts">
        <KindChip kind={change.kind} />
        <Size change={change} at="before" />
        <span aria-hidden="true">→</span>
        <Size change={change} at="after" />
      </span>
    </span>
  );
}
