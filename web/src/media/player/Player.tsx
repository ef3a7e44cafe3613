/** Plays a film or sound with controls of the page's own, whatever brings the bytes. */
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { ownAddress } from "@/media/ownAddress";
import { Controls } from "@/media/player/Controls";
import { type Engine, type Failure, type Listeners, NO_CHOICES, type Start } from "@/media/player/engine";
import { partOf } from "@/media/player/SeekBar";
import { SoundPicture } from "@/media/player/SoundPicture";
import { useFullScreen } from "@/media/player/useFullScreen";
import { useIdle } from "@/media/player/useIdle";
import { usePlayback } from "@/media/player/usePlayback";
import type { PreviewFile } from "@/previews/file";
import { mediaAction } from "@/previews/media-keys";
import { text } from "@/text";
import { media as mediaWords } from "@/text/media";
import { Icon } from "@/ui/Icon";
import { visible } from "@/ui/visible";
import "@/media/player/player.css";

const said = mediaWords.player;

export interface PlayerProps {
  file: PreviewFile;
  kind: "audio" | "video";
  /** What brings the bytes, from when the player stands until it goes; null while that is being asked for. */
  start: Start | null;
  /** Where the pictures of the seek bar are named. */
  sprites: string | null;
  onFailure: (why: Failure) => void;
}

export function Player({ file, kind, start, sprites, onFailure }: PlayerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [element, setElement] = useState<HTMLVideoElement | null>(null);
  const [choices, setChoices] = useState(NO_CHOICES);
  const [words, setWords] = useState("");
  const engine = useEngine(element, start, { onChoices: setChoices, onWords: setWords, onFailure });
  const playback = usePlayback(video);
  const { isFull, toggleFull } = useFullScreen(element);
  const { isIdle, stir } = useIdle(!playback.paused && kind === "video");
  const duration = playback.duration ?? (file.media?.duration_ms ?? 0) / 1000;
  const toggle = useCallback(() => {
    const at = video.current;
    // A play that is interrupted by the next pause or by closing is no failure.
    if (at?.paused) at.play().catch(() => undefined);
    else at?.pause();
  }, []);
  const seekTo = (seconds: number) => {
    if (video.current) video.current.currentTime = seconds;
  };
  const toggleCaptions = () => engine?.chooseCaption(choices.caption < 0 && choices.captions.length > 0 ? 0 : -1);
  useKeys(video, { f: toggleFull, c: toggleCaptions, " ": toggle });

  const attach = useCallback((next: HTMLVideoElement | null) => {
    video.current = next;
    setElement(next);
  }, []);
  return (
    <div className={`player ${kind}`} data-full={isFull || undefined} data-idle={isIdle || undefined} onPointerMove={stir} onPointerDown={stir} onKeyDown={stir} onFocus={stir}>
      <video
        ref={attach}
        className="player-video"
        playsInline
        preload="metadata"
        aria-label={said.label(visible(file.filename))}
        aria-description={said.hint}
        {...posterOf(file, kind)}
        onClick={toggle}
        onDoubleClick={toggleFull}
      />
      {kind === "audio" && <SoundPicture file={file} played={partOf(playback.time, duration)} onSeek={(part) => seekTo(part * duration)} />}
      {kind === "video" && playback.paused && playback.time === 0 && (
        <button type="button" className="player-start" aria-label={said.play} onClick={toggle}>
          <Icon name="play" size={34} filled />
        </button>
      )}
      {words !== "" && <p className="player-caption"><span>{words}</span></p>}
      {playback.waiting && <span className="player-waiting" role="status" aria-label={text.loading} />}
      <Controls
        video={element}
        engine={engine}
        sprites={sprites}
        playback={playback}
        choices={choices}
        duration={duration}
        onSeek={seekTo}
        isFull={isFull}
        onToggle={toggle}
        onFull={toggleFull}
      />
    </div>
  );
}

function posterOf({ media }: PreviewFile, kind: PlayerProps["kind"]): { poster?: string } {
  return media?.large_url && kind === "video" ? { poster: ownAddress(media.large_url) } : {};
}

/** The engine that was there first, from when the element stands until it goes. */
function useEngine(video: HTMLVideoElement | null, start: Start | null, { onChoices, onWords, onFailure }: Listeners): Engine | null {
  const [engine, setEngine] = useState<Engine | null>(null);
  const first = useRef(start);
  useEffect(() => {
    if (video === null || first.current === null) return undefined;
    const started = first.current(video, { onChoices, onWords, onFailure });
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
