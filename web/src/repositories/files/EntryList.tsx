/** What lies in a folder of a commit. */
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { archiveUrl } from "@/api/repositories";
import type { Entry, Repository } from "@/api/repository-types";
import { copyText, follow } from "@/drive/actions/downloading";
import { When } from "@/drive/view/cells";
import { save } from "@/previews/file";
import { Thumbnail } from "@/previews/Thumbnail";
import { previewFile } from "@/repositories/files/previewFile";
import type { RowColumn } from "@/repositories/rows/columns";
import { RowList } from "@/repositories/rows/RowList";
import type { Endless } from "@/repositories/useEndless";
import { repositories as words } from "@/text/repositories";
import { formatBytes, formatCount, formatExactBytes } from "@/ui/format";
import { Icon } from "@/ui/Icon";
import type { MenuGroup } from "@/ui/menu-items";
import { visible } from "@/ui/visible";

const HEIGHTS = { wide: 44, compact: 60 };

/** A folder of a commit. */
export interface EntryPlace {
  repository: Repository;
  commit: string;
  path: string;
}

interface EntryListProps {
  place: EntryPlace;
  list: Endless<Entry>;
  onOpen: (entry: Entry) => void;
  onUp?: () => void;
}

function Size({ entry }: { entry: Entry }) {
  if (entry.kind === "link") return <span>–</span>;
  return <span className="tabular" title={formatExactBytes(entry.size)}>{formatBytes(entry.size)}</span>;
}

const columns: readonly RowColumn<Entry>[] = [
  { id: "files", title: words.columns.files, rank: 2, width: 84, align: "end", show: ({ files }) => files !== null && <span className="tabular" title={words.files(files)}>{formatCount(files)}</span> },
  { id: "modified", title: words.columns.modified, rank: 1, width: 140, show: (entry) => <When time={entry.mtime} /> },
  { id: "size", title: words.columns.size, rank: 0, width: 96, align: "end", show: (entry) => <Size entry={entry} /> },
];

export function EntryList({ place, list, onOpen, onUp }: EntryListProps) {
  const { repository, commit, path } = place;

  const menuOf = useMemo(() => {
    const copyPath = (entry: Entry) => ({ id: "path", label: words.file.copyPath, icon: "copy" as const, onAction: () => void copyText(entry.path, words.file.pathCopied) });
    return (entry: Entry): MenuGroup[] => {
      if (entry.kind === "link") return [{ id: "link", items: [copyPath(entry)] }];
      const isFolder = entry.kind === "folder";
      return [
        { id: "open", items: [{ id: "open", label: isFolder ? words.file.open : words.file.preview, icon: isFolder ? "folder" : "eye", onAction: () => onOpen(entry) }] },
        {
          id: "take",
          items: [
            isFolder
              ? { id: "download", label: words.file.downloadZip, icon: "download", onAction: () => follow(archiveUrl(repository.id, commit, entry.path)) }
              : { id: "download", label: words.file.download, icon: "download", onAction: () => void save(previewFile(repository.id, commit, entry)) },
            copyPath(entry),
          ],
        },
      ];
    };
  }, [repository.id, commit, onOpen]);

  return (
    <RowList
      key={`${commit}/${path}`}
      name={`${repository.id}/${commit}/${path}`}
      label={path === "" ? repository.name : visible(path)}
      list={list}
      idOf={(entry) => entry.name}
      wordsOf={(entry) => entry.name}
      nameTitle={words.columns.name}
      columns={columns}
      heights={HEIGHTS}
      icon={(entry, size) => (entry.kind === "link" ? <Icon name="link" /> : <Thumbnail file={previewFile(repository.id, commit, entry)} size={size} />)}
      title={(entry) => <Name entry={entry} repository={repository} />}
      subtitle={(entry, isCompact) => isCompact && <Facts entry={entry} />}
      onOpen={onOpen}
      menuOf={menuOf}
      menuLabel={(entry) => words.file.actions(visible(entry.name))}
      {...(onUp ? { onUp } : {})}
    />
  );
}

function Name({ entry, repository }: { entry: Entry; repository: Repository }) {
  const common = { className: "item-name truncate", title: visible(entry.name), tabIndex: -1, draggable: false };
  if (entry.kind === "folder") {
    return <Link {...common} to="/repositories/$id" params={{ id: repository.id }} search={(old) => ({ ...old, path: entry.path, preview: undefined })}>{visible(entry.name)}</Link>;
  }
  return (
    <span className="item-name truncate" title={visible(entry.name)}>
      {visible(entry.name)}
      {entry.target !== null && <span className="link-target"> {words.file.leadsTo(visible(entry.target))}</span>}
    </span>
  );
}

function Facts({ entry }: { entry: Entry }) {
  return (
    <>
      <When time={entry.mtime} />
      <span aria-hidden="true"> · </span>
      <Size entry={entry} />
      {entry.kind === "folder" && entry.files !== null && ` · ${words.files(entry.files)}`}
    </>
  );
}
