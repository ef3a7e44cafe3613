/** A small picture of a file: the one that the service made, else the image itself where the browser can show it, else the icon of its kind. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { extensionOf, kindOf } from "@/drive/kind";
import { MediaThumbnail } from "@/media/MediaThumbnail";
import type { PreviewFile } from "@/previews/file";
import { inlineUrl } from "@/previews/inlineUrl";
import { isLarge, smallPicture } from "@/previews/small-picture";
import { isBrowserImage } from "@/previews/viewer";
import { FileIcon } from "@/ui/FileIcon";
import { usePatience } from "@/ui/usePatience";
import "@/previews/thumbnail.css";

/** Larger originals cost more to fetch and decode than a small picture is worth. */
const MAX_BYTES = 20 * 1024 * 1024;
/** A box narrower than this holds the icon alone; a label needs a wider one. */
const MIN_PICTURE = 24;
const MIN_LABEL = 96;
/** Longer endings of names say nothing of what is inside. */
const MAX_LABEL = 5;

interface ThumbnailProps {
  file: PreviewFile;
  /** How wide the place for it is, in CSS pixels; it fills that place. */
  size: number;
}

export function Thumbnail({ file, size }: ThumbnailProps) {
  const media = file.media ?? null;
  const icon = Math.round(Math.min(64, Math.max(20, size * 0.28)));
  const isLabelled = size >= MIN_LABEL && !file.is_folder && !media?.thumbnail_url && media?.state !== "unreadable";
  return (
    <div className={`thumb thumb-kind-${kindOf(file)}`}>
      {!media?.thumbhash && <FileIcon file={file} size={icon} />}
      {isLabelled && <Label name={file.filename} />}
      {size >= MIN_PICTURE && media !== null && <MediaThumbnail key={media.hash ?? file.id} media={media} size={size} />}
      {size >= MIN_PICTURE && media === null && mayShow(file) && <OwnPicture file={file} />}
    </div>
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

/** Says whether the bytes of a file make a picture here; those of trashed files are given to nobody. */
function mayShow(file: PreviewFile): boolean {
  const hasBytes = !file.is_folder && file.size > 0 && !file.deleted_at;
  return hasBytes && file.size <= MAX_BYTES && isBrowserImage(file);
}

/** Of a file that the service does not look into, such as one of a commit. */
function OwnPicture({ file }: { file: PreviewFile }) {
  const picture = `${file.id}/${file.etag}`;
  return isLarge(file) ? <Shrunk key={picture} file={file} /> : <Original key={picture} file={file} />;
}

function Original({ file }: { file: PreviewFile }) {
  const { data } = useQuery({ ...inlineUrl(file), enabled: usePatience() });
  return data === undefined ? null : <Picture url={data} />;
}

function Shrunk({ file }: { file: PreviewFile }) {
  const { data } = useQuery({ ...smallPicture(file), enabled: usePatience() });
  return data === undefined ? null : <Picture url={data} />;
}

function Picture({ url }: { url: string }) {
  const [state, setState] = useState<"loading" | "shown" | "failed">("loading");
  if (state === "failed") return null;
  return (
    <img
      className="thumb-image"
      src={url}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      data-shown={state === "shown" || undefined}
      onLoad={() => setState("shown")}
      onError={() => setState("failed")}
    />
  );
}
