/** All that is known of the selected file, or else of the folder on show; the key in the bucket first. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, Suspense } from "react";
import { getPath } from "@/api/drive";
import { keys } from "@/api/keys";
import type { DriveFile, ListedFile } from "@/api/types";
import { useSession } from "@/app/session";
import type { Actions } from "@/drive/actions/useActions";
import { kindOf } from "@/drive/kind";
import type { Listing } from "@/drive/listing";
import { mediaOf } from "@/media/facts";
import { Thumbnail } from "@/previews/Thumbnail";
import { text } from "@/text";
import { Button, IconButton } from "@/ui/Button";
import { FileIcon } from "@/ui/FileIcon";
import { daysUntil, formatBytes, formatCount, formatExactBytes, formatExactTime, formatSize, formatWhen } from "@/ui/format";
import { Icon } from "@/ui/Icon";
import { later } from "@/ui/later";
import { visible } from "@/ui/visible";
import "@/drive/details.css";

const MediaDetails = later(() => import("@/media/details/MediaDetails"));

/** The place on show. */
export interface DetailsPlace {
  name: string;
  /** Null for the root of a space, which is no folder with a row of its own. */
  folder: DriveFile | null;
  listing: Pick<Listing, "items" | "hasMore">;
}

interface DetailsPanelProps {
  files: readonly ListedFile[];
  /** Null where files of many places are on show. */
  place: DetailsPlace | null;
  actions: Actions;
  onClose: () => void;
}

const words = text.drive.details;

export default function DetailsPanel({ files, place, actions, onClose }: DetailsPanelProps) {
  const [first] = files;
  const file = files.length === 1 ? first : first ? undefined : place?.folder;
  const title = file?.filename ?? (first ? text.drive.selectedCount(files.length) : (place?.name ?? words.title));
  return (
    <aside className="details" aria-label={words.title}>
      <header className="details-head">
        {file ? <FileIcon file={file} /> : <Icon name="info" className="muted" />}
        <h2 className="details-name" title={visible(title)}>{visible(title)}</h2>
        <IconButton icon="close" label={text.drive.hideDetails} className="small" onPress={onClose} />
      </header>
      {file ? (
        <One key={file.id} file={file} actions={actions}>
          {!first && place && <Count listing={place.listing} />}
        </One>
      ) : first ? (
        <Total files={files} />
      ) : place ? (
        <Total files={place.listing.items} listing={place.listing} />
      ) : (
        <p className="details-none muted">{words.none}</p>
      )}
    </aside>
  );
}

function Count({ listing }: Pick<DetailsPlace, "listing">) {
  const count = listing.items.length;
  return (
    <>
      <dt>{words.items}</dt>
      <dd className="tabular">{listing.hasMore ? `${formatCount(count)}+` : formatCount(count)}</dd>
    </>
  );
}

/** Many files, or all of a root; what is not loaded yet has no size that could be told. */
function Total({ files, listing }: { files: readonly ListedFile[]; listing?: DetailsPlace["listing"] }) {
  return (
    <dl className="facts">
      {listing && <Count listing={listing} />}
      {!listing?.hasMore && (
        <>
          <dt>{words.total}</dt>
          <Bytes size={files.reduce((sum, item) => sum + item.size, 0)} />
        </>
      )}
    </dl>
  );
}

function Bytes({ size }: { size: number }) {
  return (
    <dd className="tabular">
      {formatBytes(size)} {size >= 1024 && <span className="muted">({formatExactBytes(size)})</span>}
    </dd>
  );
}

function Time({ label, time, never }: { label: string; time: string | null; never?: string }) {
  if (!time && !never) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>{time ? <time dateTime={time} title={formatWhen(time)}>{formatExactTime(time)}</time> : never}</dd>
    </>
  );
}

function One({ file, actions, children }: { file: ListedFile; actions: Actions; children: ReactNode }) {
  const session = useSession();
  const media = mediaOf(file);
  const isMine = file.owner_id === session.identity.id;
  return (
    <div className="details-body">
      {!file.is_folder && (
        <div className="details-picture">
          <Thumbnail file={file} size={320} />
        </div>
      )}
      <section className="key-box" aria-label={words.key}>
        <h3>{words.key}</h3>
        <code className="key" title={words.keyHint}>{visible(file.key)}</code>
        <Button icon="copy" onPress={() => void actions.copyKey(file)}>{words.copyKey}</Button>
        <p className="muted">
          {words.bucket}: <span className="mono">{session.store.bucket}</span>
          {file.moving && <span className="key-moving">{text.drive.moving}</span>}
        </p>
      </section>
      <dl className="facts">
        <dt>{words.type}</dt>
        <dd>
          {text.drive.kinds[kindOf(file)]} {!file.is_folder && <span className="muted">{file.mimetype}</span>}
        </dd>
        <dt>{file.is_folder ? words.contains : words.size}</dt>
        {file.is_folder && file.size === 0 ? <dd>{formatSize(file)}</dd> : <Bytes size={file.size} />}
        {children}
        <dt>{words.location}</dt>
        <dd>{file.deleted_at ? visible(file.original_path ?? "–") : <Location file={file} />}</dd>
        <dt>{words.owner}</dt>
        <dd>{isMine ? `${session.identity.name} (${text.drive.me})` : file.owner_id}</dd>
        <Time label={words.created} time={file.created_at} />
        <Time label={words.updated} time={file.updated_at} />
        {!file.is_folder && <Time label={words.opened} time={file.last_opened} never={words.never} />}
        <Time label={words.deleted} time={file.deleted_at} />
        {file.purge_at && (
          <>
            <dt>{words.purge}</dt>
            <dd title={formatExactTime(file.purge_at)}>{text.drive.daysLeft(daysUntil(file.purge_at))}</dd>
          </>
        )}
        <dt>{words.id}</dt>
        <dd className="mono fact-id">{file.id}</dd>
      </dl>
      {media && (
        <Suspense fallback={null}>
          <MediaDetails file={file} media={media} isTrashed={Boolean(file.deleted_at)} />
        </Suspense>
      )}
    </div>
  );
}

function Location({ file }: { file: ListedFile }) {
  const parentId = file.parent_id;
  const path = useQuery({ queryKey: keys.path(parentId ?? ""), queryFn: ({ signal }) => getPath(parentId ?? "", signal), enabled: parentId !== null });
  const root = file.space === "shared" ? text.navigation.shared : text.navigation.myFiles;
  return (
    <span className="location">
      <Link to={file.space === "shared" ? "/shared" : "/"}>{root}</Link>
      {path.data?.map((folder) => (
        <span key={folder.id}>
          {" / "}
          <Link to="/folder/$id" params={{ id: folder.id }}>{visible(folder.filename)}</Link>
        </span>
      ))}
    </span>
  );
}
