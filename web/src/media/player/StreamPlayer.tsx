/** Plays the stream of a film, or of sound. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { getMedia } from "@/api/media";
import { keys } from "@/api/keys";
import { messageOf } from "@/api/problem";
import type { Failure } from "@/media/player/engine";
import { startStream } from "@/media/player/hls";
import { Player } from "@/media/player/Player";
import { streamOf } from "@/media/player/stream";
import type { PreviewFile } from "@/previews/file";
import { FileCard } from "@/previews/FileCard";
import { text } from "@/text";
import { media as mediaWords } from "@/text/media";
import { Button } from "@/ui/Button";

interface StreamPlayerProps {
  file: PreviewFile;
  kind: "audio" | "video";
  hash: string;
  /** Shows the file itself instead. */
  onOriginal: () => void;
}

const said = mediaWords.player;
const REASONS: Record<Failure, string> = { gone: said.gone, keys: said.keysRefused, locked: said.locked, broken: said.broken };

export default function StreamPlayer({ file, kind, hash, onOriginal }: StreamPlayerProps) {
  const [attempt, setAttempt] = useState(0);
  const known = useQuery({ queryKey: keys.media(hash), queryFn: ({ signal }) => getMedia(hash, signal), staleTime: 60_000 });
  const [failure, setFailure] = useState<Failure | null>(null);
  const stream = known.data ? streamOf(known.data) : null;
  const why = failure ?? (known.data && !stream ? "gone" : null);
  const reason = known.error ? messageOf(known.error) : why && REASONS[why];

  if (reason !== null) {
    const again = () => {
      setFailure(null);
      setAttempt(attempt + 1);
      void known.refetch();
    };
    return (
      <FileCard file={file} title={said.failed} hint={reason}>
        <Button icon="retry" onPress={again}>{text.retry}</Button>
        <Button onPress={onOriginal}>{said.original}</Button>
      </FileCard>
    );
  }
  // A later answer, with other signatures, does not begin the film again.
  return (
    <Player
      key={`${attempt} ${stream === null}`}
      file={file}
      kind={kind}
      start={stream && ((video, listeners) => startStream(video, stream, listeners))}
      sprites={stream?.sprites ?? null}
      onFailure={setFailure}
    />
  );
}
