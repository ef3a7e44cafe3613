/** A bar for each thing in a folder where something changed. */
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { keys } from "@/api/keys";
import { AT_ONCE, listFolderChanges } from "@/api/repositories";
import type { FolderChange } from "@/api/repository-types";
import { copyText } from "@/drive/actions/downloading";
import { SkeletonList } from "@/drive/view/SkeletonList";
import { Counts } from "@/repositories/changes/Counts";
import { KindChip } from "@/repositories/changes/KindChip";
import { NewBar } from "@/repositories/changes/NewBar";
import { type ChangePlace, isFolder, isTouchedFolder } from "@/repositories/changes/place";
import { Summary } from "@/repositories/changes/Summary";
import { totalsOf } from "@/repositories/changes/totals";
import { useTotals } from "@/repositories/changes/useTotals";
import { parentOf } from "@/repositories/paths";
import { inOrder } from "@/repositories/rows/order";
import type { RowColumn } from "@/repositories/rows/columns";
import { RowList } from "@/repositories/rows/RowList";
import { Trouble } from "@/repositories/Trouble";
import { useEndless } from "@/repositories/useEndless";
import { repositories as words } from "@/text/repositories";
import { FileIcon } from "@/ui/FileIcon";
import type { MenuGroup } from "@/ui/menu-items";
import { Message } from "@/ui/Message";
import { visible } from "@/ui/visible";

const HEIGHTS = { wide: 44, compact: 68 };

interface FolderChangesProps {
  place: ChangePlace;
  onFolder: (path: string) => void;
  onFile: (path: string) => void;
}

export function FolderChanges({ place, onFolder, onFile }: FolderChangesProps) {
  const navigate = useNavigate();
  const { repository, pair, path } = place;
  const asked = useEndless({
    queryKey: keys.folderChanges(repository.id, pair, path),
    fetch: (options) => listFolderChanges(repository.id, pair, path, options),
    isFinal: true,
  });
  const isWhole = !asked.hasMore && asked.items.length <= AT_ONCE;
  const items = useMemo(() => inOrder(asked.items, isFolder, isWhole), [asked.items, isWhole]);
  const list = { ...asked, items };
  const whole = useTotals(repository.id, pair, path, list.hasMore);
  const totals = list.isLoading ? null : list.hasMore ? whole : totalsOf(list.items);
  const columns = useMemo(
    (): readonly RowColumn<FolderChange>[] => [
      { id: "changes", title: words.columns.changes, hint: words.changes.countsHint, rank: 0, width: 190, align: "end", show: (change) => <Counts totals={change} /> },
      { id: "new", title: words.changes.reallyNew, hint: words.changes.reallyNewHint, rank: 1, width: 160, grows: true, show: (change) => <NewBar change={change} place={place} /> },
    ],
    [place],
  );

  const open = (change: FolderChange) => (isFolder(change) ? onFolder : onFile)(change.path);
  const menuOf = (change: FolderChange): MenuGroup[] => [
    {
      id: "look",
      items: [
        isFolder(change)
          ? { id: "open", label: words.file.open, icon: "folder", onAction: () => onFolder(change.path) }
          : { id: "open", label: words.changes.show, icon: "eye", onAction: () => onFile(change.path) },
        {
          id: "files",
          label: words.changes.browse,
          icon: "external",
          onAction: () => void navigate({ to: "/repositories/$id", params: { id: repository.id }, search: { ref: pair.to, path: isFolder(change) ? change.path : parentOf(change.path) || undefined } }),
        },
      ],
    },
    { id: "take", items: [{ id: "path", label: words.file.copyPath, icon: "copy", onAction: () => void copyText(change.path, words.file.pathCopied) }] },
  ];

  if (list.isLoading) return <SkeletonList view="list" />;
  if (list.error && list.items.length === 0) return <Trouble error={list.error} retry={list.retry} repository={repository} />;
  if (list.items.length === 0) return <Message icon="check" title={words.changes.sameTitle} hint={words.changes.sameHint} />;
  return (
    <>
      <Summary place={place} totals={totals} />
      <div className="view-body">
        <RowList
          key={`${pair.from ?? ""}/${pair.to}/${path}`}
          name={`${repository.id}/changes/${pair.from ?? ""}/${pair.to}/${path}`}
          label={words.changes.label}
          list={list}
          idOf={({ name }) => name}
          wordsOf={({ name }) => name}
          nameTitle={words.columns.name}
          nameWidth={200}
          columns={columns}
          heights={HEIGHTS}
          icon={(change, size) => <FileIcon file={{ filename: change.name, mimetype: "", is_folder: isFolder(change) }} size={size > 28 ? 24 : 20} />}
          title={(change) => (
            <span className="commit-title">
              <Name change={change} />
              {change.kind !== null && !isTouchedFolder(change) && <KindChip kind={change.kind} />}
            </span>
          )}
          subtitle={(change, isCompact) =>
            isCompact && (
              <span className="change-facts">
                <Counts totals={change} />
                <NewBar change={change} place={place} />
              </span>
            )
          }
          onOpen={open}
          {...(path === "" ? {} : { onUp: () => onFolder(parentOf(path)) })}
          menuOf={menuOf}
          menuLabel={({ name }) => words.file.actions(visible(name))}
        />
      </div>
    </>
  );
}

function Name({ change }: { change: FolderChange }) {
  if (!isFolder(change)) return <span className="item-name truncate" title={visible(change.name)}>{visible(change.name)}</span>;
  return (
    <Link className="item-name truncate" to="." search={(old) => ({ ...old, path: change.path, preview: undefined })} tabIndex={-1} draggable={false} title={visible(change.name)}>
      {visible(change.name)}
    </Link>
  );
}
