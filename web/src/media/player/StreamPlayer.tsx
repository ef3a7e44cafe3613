/** Plays the stream of a film, or of sound, with controls of the page's own. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { getMedia } from "@/api/media";
import { keys } from "@/api/keys";
import { messageOf } from "@/api/problem";
import type { FileMedia } from "@/api/types";
import { ownAddress } from "@/media/ownAddress";
import { Controls } from "@/media/player/Controls";
import { type Engine, type Failure, type Listeners, NO_CHOICES, startEngine } from "@/media/player/engine";
import { type Stream, streamOf } from "@/media/player/stream";
import { useFullScreen } from "@/media/player/useFullScreen";
import { useIdle } from "@/media/player/useIdle";
import { usePlayback } from "@/media/player/usePlayback";
import type { PreviewFile } from "@/previews/file";
import { FileCard } from "@/previews/FileCard";
import { mediaAction } from "@/previews/media-keys";
import { text } from "@/text";
import { media as mediaWords } from "@/text/media";
import { Button } from "@/ui/Button";
import { FileIcon } from "@/ui/FileIcon";
import { Icon } from "@/ui/Icon";
import "@/media/player/player.css";

interface StreamPlayerProps {
  file: PreviewFile;
  media: FileMedia;
  hash: string;
  /** Shows the file itself instead. */
  onOriginal: () => void;
}

const said = mediaWords.player;
const REASONS: Record<Failure, string> = { gone: said.gone, keys: said.keysRefused, broken: said.broken };

export default function StreamPlayer({ file, media, hash, onOriginal }: StreamPlayerProps) {
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
  return <Player key={`${attempt} ${stream === null}`} file={file} media={media} stream={stream} onFailure={setFailure} />;
}

interface PlayerProps extends Pick<StreamPlayerProps, "file" | "media"> {
  /** Null while it is being asked for. */
  stream: Stream | null;
  onFailure: (why: Failure) => void;
}

function Player({ file, media, stream, onFailure }: PlayerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [element, setElement] = useState<HTMLVideoElement | null>(null);
  const [choices, setChoices] = useState(NO_CHOICES);
  const [words, setWords] = useState("");
  const engine = useEngine(element, stream, { onChoices: setChoices, onWords: setWords, onFailure });
  const playback = usePlayback(video);
  const { isFull, toggleFull } = useFullScreen(element);
  const { isIdle, stir } = useIdle(!playback.paused && media.kind === "video");
  const duration = playback.duration ?? (media.duration_ms ?? 0) / 1000;
  const toggle = useCallback(() => {
    const at = video.current;
    // A play that is interrupted by the next pause or by closing is no failure.
    if (at?.paused) at.play().catch(() => undefined);
    else at?.pause();
  }, []);
  const toggleCaptions = () => engine?.chooseCaption(choices.caption < 0 && choices.captions.length > 0 ? 0 : -1);
  useKeys(video, { f: toggleFull, c: toggleCaptions, " ": toggle });

  const attach = useCallback((next: HTMLVideoElement | null) => {
    video.current = next;
    setElement(next);
  }, []);
  return (
    <div className="player" data-full={isFull || undefined} data-idle={isIdle || undefined} onPointerMove={stir} onPointerDown={stir} onKeyDown={stir} onFocus={stir}>
      <video
        ref={attach}
        className="player-video"
        playsInline
        preload="metadata"
        aria-label={said.label(file.filename)}
        aria-description={said.hint}
        {...(media.large_url && media.kind === "video" ? { poster: ownAddress(media.large_url) } : {})}
        onClick={toggle}
        onDoubleClick={toggleFull}
      />
      {media.kind === "audio" && (
        <div className="preview-cover player-cover">
          <FileIcon file={file} size={72} />
        </div>
      )}
      {playback.paused && playback.time === 0 && (
        <button type="button" className="player-start" aria-label={said.play} onClick={toggle}>
          <Icon name="play" size={34} filled />
        </button>
      )}
      {words !== "" && <p className="player-caption"><span>{words}</span></p>}
      {playback.waiting && <span className="player-waiting" role="status" aria-label={text.loading} />}
      <Controls
        video={element}
        engine={engine}
        stream={stream}
        playback={playback}
        choices={choices}
        duration={duration}
        isFull={isFull}
        onToggle={toggle}
        onFull={toggleFull}
      />
    </div>
  );
}

/** The engine of the stream that was there first, from when the element stands until it goes. */
function useEngine(video: HTMLVideoElement | null, stream: Stream | null, { onChoices, onWords, onFailure }: Listeners): Engine | null {
  const [engine, setEngine] = useState<Engine | null>(null);
  const first = useRef(stream);
  useEffect(() => {
    if (video === null || first.current === null) return undefined;
    const started = startEngine(video, first.current, { onChoices, onWords, onFailure });
    setEngine(started);
    return () => {
      started.end();
      setEngine(null);
    };
  }, [video, onChoices, onWords, onFailure]);
  return engine;
}

function useKeys(video: React.RefObject<HTMLVideoElement | null>, own: Record<string, () => void>): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const isControl = event.target instanceof Element && event.target.closest("button, input, [role=menu]") !== null;
    const act = video.current === null ? null : mediaAction(event, video.current);
    const ours = isPlain && !(event.key === " " && isControl) ? own[event.key.toLowerCase()] : undefined;
    const chosen = act ?? ours;
    if (!chosen) return;
    event.preventDefault();
    chosen();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
