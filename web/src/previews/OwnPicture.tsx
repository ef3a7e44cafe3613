/** A small picture that the browser makes: of a file that the service does not look into, such as one of a commit. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { PreviewFile } from "@/previews/file";
import { inlineUrl } from "@/previews/inlineUrl";
import { isLarge, smallPicture } from "@/previews/small-picture";
import { isBrowserImage } from "@/previews/viewer";
import { usePatience } from "@/ui/usePatience";

/** Larger originals cost more to fetch and decode than a small picture is worth. */
const MAX_BYTES = 20 * 1024 * 1024;

export default function OwnPicture({ file }: { file: PreviewFile }) {
  if (!mayShow(file)) return null;
  const picture = `${file.id}/${file.etag}`;
  return isLarge(file) ? <Shrunk key={picture} file={file} /> : <Original key={picture} file={file} />;
}

/** Says whether the bytes of a file make a picture here; those of trashed files are given to nobody. */
function mayShow(file: PreviewFile): boolean {
  const hasBytes = !file.is_folder && file.size > 0 && !file.deleted_at;
  return hasBytes && file.size <= MAX_BYTES && isBrowserImage(file);
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
