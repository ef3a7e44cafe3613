/** A small picture of a file: the one that the service made, else the image itself where the browser can show it, else the icon of its kind. */
import { lazy, Suspense } from "react";
import { extensionOf, kindOf } from "@/drive/kind";
import type { PreviewFile } from "@/previews/file";
import { FileIcon } from "@/ui/FileIcon";
import { later } from "@/ui/later";
import "@/previews/thumbnail.css";

/** A box narrower than this holds the icon alone; a label needs a wider one. */
const MIN_PICTURE = 24;
const MIN_LABEL = 96;
/** Longer endings of names say nothing of what is inside. */
const MAX_LABEL = 5;

// On its way while the list is: where there are media, it is needed as soon as that is there.
const loading = import("@/media/MediaThumbnail");
const MediaThumbnail = lazy(() => loading);
const OwnPicture = later(() => import("@/previews/OwnPicture"));

interface ThumbnailProps {
  file: PreviewFile;
  /** How wide the place for it is, in CSS pixels; it fills that place. */
  size: number;
}

export function Thumbnail({ file, size }: ThumbnailProps) {
  const media = file.media ?? null;
  const icon = Math.round(Math.min(64, Math.max(20, size * 0.28)));
  const hasPlaceholder = Boolean(media?.thumbhash);
  const isBare = media === null || (media.thumbnail_url === null && media.state !== "unreadable");
  return (
    <div className={`thumb thumb-kind-${kindOf(file)}`}>
      {!hasPlaceholder && <FileIcon file={file} size={icon} />}
      {!hasPlaceholder && isBare && size >= MIN_LABEL && !file.is_folder && <Label name={file.filename} />}
      {size >= MIN_PICTURE && <Inside file={file} size={size} />}
    </div>
  );
}

/** The picture, from the service where it looks into the file. */
function Inside({ file, size }: ThumbnailProps) {
  if (file.is_folder) return null;
  return (
    <Suspense fallback={null}>
      {file.media ? <MediaThumbnail key={file.media.hash ?? file.id} media={file.media} size={size} /> : <OwnPicture file={file} />}
    </Suspense>
  );
}

function Label({ name }: { name: string }) {
  const label = extensionOf(name);
  if (label === "" || label.length > MAX_LABEL) return null;
  return (
    <span className="thumb-label" aria-hidden="true">
      {label}
    </span>
  );
}
