/** The one file that is being looked at, in the viewer for its kind. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useState } from "react";
import { messageOf } from "@/api/problem";
import { whyUnreadable } from "@/media/facts";
import { text } from "@/text";
import { media as mediaWords } from "@/text/media";
import { previews } from "@/text/previews";
import { Button } from "@/ui/Button";
import type { PreviewFile } from "@/previews/file";
import { FileCard } from "@/previews/FileCard";
import { ImageView } from "@/previews/ImageView";
import { inlineUrl } from "@/previews/inlineUrl";
import { MediaView } from "@/previews/MediaView";
import { PdfView } from "@/previews/PdfView";
import { TextView } from "@/previews/TextView";
import { type Viewer, viewerOf, type ViewProps } from "@/previews/viewer";
import { whyFailed } from "@/previews/whyFailed";

// Fetched only when a stream is played, and never ahead of that: it is the largest part of the page.
const StreamPlayer = lazy(() => import("@/media/player/StreamPlayer"));

export function Stage({ file }: { file: PreviewFile }) {
  const [chosen, setChosen] = useState<Viewer | null>(null);
  const viewer = chosen ?? viewerOf(file);
  const [failed, setFailed] = useState(false);
  const { data: url, error } = useQuery({ ...inlineUrl(file), enabled: viewer !== "none" });
  const why = useQuery({ ...whyFailed(file), enabled: failed && file.addresses !== undefined });
  const onFail = useCallback(() => setFailed(true), []);
  const words = previews;

  if (error !== null) return <FileCard file={file} title={words.failed} hint={messageOf(error)} />;
  if (failed) return <FileCard file={file} title={words.failed} hint={why.data ?? failedHint(file)} />;
  if (viewer === "none") {
    return (
      <FileCard file={file} title={words.noPreview} hint={words.noPreviewHint}>
        <Button onPress={() => setChosen("text")}>{words.showAsText}</Button>
      </FileCard>
    );
  }
  if (url === undefined) return <Loading />;
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
      return <Played {...props} kind={viewer} />;
  }
}

function Loading() {
  return <div className="preview-skeleton" role="status" aria-label={text.loading} />;
}

/** By its stream if it has one, unless the person prefers the file itself. */
function Played({ kind, ...props }: ViewProps & { kind: "audio" | "video" }) {
  const [wantsOriginal, setWantsOriginal] = useState(false);
  const { file } = props;
  if (!file.media?.hash || !file.media.has_stream || wantsOriginal) return <MediaView {...props} kind={kind} />;
  return (
    <Suspense fallback={<Loading />}>
      <StreamPlayer file={file} media={file.media} hash={file.media.hash} onOriginal={() => setWantsOriginal(true)} />
    </Suspense>
  );
}

/** Why the file is not shown; what a browser cannot play can be made into streams, which it can. */
function failedHint(file: PreviewFile): string {
  const { failedHint: hint } = previews;
  const unreadable = whyUnreadable(file.media);
  if (unreadable !== null) return unreadable;
  return file.media?.kind === "video" && file.media.state === "ready" ? `${hint} ${mediaWords.originalHint}` : hint;
}
