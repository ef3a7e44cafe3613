/** The one file that is being looked at, in the viewer for its kind. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { messageOf } from "@/api/problem";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import type { PreviewFile } from "@/previews/file";
import { FileCard } from "@/previews/FileCard";
import { ImageView } from "@/previews/ImageView";
import { inlineUrl } from "@/previews/inlineUrl";
import { MediaView } from "@/previews/MediaView";
import { PdfView } from "@/previews/PdfView";
import { TextView } from "@/previews/TextView";
import { type Viewer, viewerOf } from "@/previews/viewer";
import { whyFailed } from "@/previews/whyFailed";

export function Stage({ file }: { file: PreviewFile }) {
  const [viewer, setViewer] = useState<Viewer>(() => viewerOf(file));
  const [failed, setFailed] = useState(false);
  const { data: url, error } = useQuery({ ...inlineUrl(file), enabled: viewer !== "none" });
  const why = useQuery({ ...whyFailed(file), enabled: failed && file.addresses !== undefined });
  const onFail = useCallback(() => setFailed(true), []);
  const words = text.previews;

  if (error !== null) return <FileCard file={file} title={words.failed} hint={messageOf(error)} />;
  if (failed) return <FileCard file={file} title={words.failed} hint={why.data ?? words.failedHint} />;
  if (viewer === "none") {
    return (
      <FileCard file={file} title={words.noPreview} hint={words.noPreviewHint}>
        <Button onPress={() => setViewer("text")}>{words.showAsText}</Button>
      </FileCard>
    );
  }
  if (url === undefined) return <div className="preview-skeleton" role="status" aria-label={text.loading} />;
  const props = { file, url, onFail };
  switch (viewer) {
    case "image":
      return <ImageView {...props} />;
    case "pdf":
      return <PdfView {...props} />;
    case "text":
      return <TextView {...props} />;
    case "audio":
    case "video":
      return <MediaView {...props} kind={viewer} />;
  }
}
