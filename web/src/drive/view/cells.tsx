/** What stands in each column. */
import type { ListedFile } from "@/api/types";
import type { ColumnId } from "@/drive/columns";
import { kindOf } from "@/drive/kind";
import { text } from "@/text";
import { daysUntil, formatExactBytes, formatExactTime, formatSize, formatWhen, formatWhenShort } from "@/ui/format";
import { visible } from "@/ui/visible";

interface CellProps {
  column: ColumnId;
  file: ListedFile;
  /** The identity of the person, who reads "me" instead. */
  me: string;
}

export function When({ time, isShort = false }: { time: string | null | undefined; isShort?: boolean }) {
  if (!time) return <span>–</span>;
  return (
    <time dateTime={time} title={formatExactTime(time)}>
      {isShort ? formatWhenShort(time) : formatWhen(time)}
    </time>
  );
}

export function Size({ file }: { file: ListedFile }) {
  return (
    <span className="tabular" title={formatExactBytes(file.size)}>
      {formatSize(file)}
    </span>
  );
}

export function Cell({ column, file, me }: CellProps) {
  switch (column) {
    case "size":
      return <Size file={file} />;
    case "updated":
      return <When time={file.updated_at} />;
    case "created":
      return <When time={file.created_at} />;
    case "opened":
      return <When time={file.last_opened} />;
    case "type":
      return <span title={file.mimetype}>{text.drive.kinds[kindOf(file)]}</span>;
    case "owner":
      return <span title={file.owner_id}>{file.owner_id === me ? text.drive.me : file.owner_id}</span>;
    case "location":
      return <span title={file.path && visible(file.path)}>{locationOf(file, file.path)}</span>;
    case "origin":
      return <span title={file.original_path && visible(file.original_path)}>{locationOf(file, file.original_path)}</span>;
    case "purge":
      return file.purge_at ? <time dateTime={file.purge_at} title={formatExactTime(file.purge_at)}>{text.drive.daysLeft(daysUntil(file.purge_at))}</time> : null;
  }
}

/** The folder that holds the file, from its path; the root goes by the name of its space. */
function locationOf(file: ListedFile, path: string | undefined): string {
  const root = file.space === "shared" ? text.navigation.shared : text.navigation.myFiles;
  const parts = (path ?? "").split("/").filter(Boolean);
  if (parts.at(-1) === file.filename) parts.pop();
  return [root, ...parts.map(visible)].join(" / ");
}
