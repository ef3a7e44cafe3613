/** The one file that is being looked at, in the viewer for its kind. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useState } from "react";
import { messageOf } from "@/api/problem";
import { whyUnreadable } from "@/media/facts";
import { text } from "@/text";
import { media as mediaWords } from "@/text/media";
import { previews } from "@/text/previews";
import { Button } from "@/ui/Button";
import { later } from "@/ui/later";
import type { PreviewFile } from "@/previews/file";
import { FileCard } from "@/previews/FileCard";
import { ImageView } from "@/previews/ImageView";
import { inlineUrl } from "@/previews/inlineUrl";
import { PdfView } from "@/previews/PdfView";
import { TextView } from "@/previews/TextView";
import { type Viewer, viewerOf, type ViewProps } from "@/previews/viewer";
import { whyFailed } from "@/previews/whyFailed";

const FilePlayer = later(() => import("@/media/player/FilePlayer"));
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
  const asText = () => {
    setChosen("text");
    setFailed(false);
  };
  if (failed && isMisnamed(file)) {
    return (
      <FileCard file={file} title={words.failed} hint={mediaWords.notMedia}>
        <Button onPress={asText}>{words.showAsText}</Button>
      </FileCard>
    );
  }
  if (failed) return <FileCard file={file} title={words.failed} hint={why.data ?? failedHint(file)} />;
  if (viewer === "none") {
    return (
      <FileCard file={file} title={words.noPreview} hint={words.noPreviewHint}>
        <Button onPress={asText}>{words.showAsText}</Button>
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
  const { hash, has_stream: hasStream } = file.media ?? {};
  return (
    <Suspense fallback={<Loading />}>
      {hash && hasStream && !wantsOriginal ? (
        <StreamPlayer file={file} kind={kind} hash={hash} onOriginal={() => setWantsOriginal(true)} />
      ) : (
        <FilePlayer {...props} kind={kind} />
      )}
    </Suspense>
  );
}

/** Whether a file that is called a picture, a film or sound was looked at and is none. */
function isMisnamed(file: PreviewFile): boolean {
  const viewer = viewerOf(file);
  return (viewer === "image" || viewer === "video" || viewer === "audio") && file.media === null && Boolean(file.content_hash);
}

/** Why the file is not shown; what a browser cannot play can be made into streams, which it can. */
function failedHint(file: PreviewFile): string {
  const { failedHint: hint } = previews;
  const unreadable = whyUnreadable(file.media);
  if (unreadable !== null) return unreadable;
  return file.media?.kind === "video" && file.media.state === "ready" ? `${hint} ${mediaWords.originalHint}` : hint;
}
