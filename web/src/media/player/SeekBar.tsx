/** Where the film is, and going elsewhere; over it the picture of the moment under the pointer. */
import { useQuery } from "@tanstack/react-query";
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useState } from "react";
import { parseSprites, type Tile, tileAt } from "@/media/player/sprites";
import { media as mediaWords } from "@/text/media";
import { formatClock } from "@/ui/format";

const words = mediaWords.player;
const SKIP_SECONDS = 5;
const PAGE_SECONDS = 30;
/** Finer than anybody can point. */
const STEPS = 1000;

interface SeekBarProps {
  time: number;
  duration: number;
  buffered: number;
  sprites: string | null;
  onSeek: (seconds: number) => void;
}

export function SeekBar({ time, duration, buffered, sprites, onSeek }: SeekBarProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const { data: tiles } = useQuery({ ...spritesAt(sprites), enabled: sprites !== null });

  const onPointerMove = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    setPointed(Math.min(1, Math.max(0, (event.clientX - box.x) / box.width)));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = seekByKey(event.key, time, duration);
    if (to === null) return;
    event.preventDefault();
    onSeek(to);
  };
  return (
    <div
      className="player-seek"
      style={{ "--played": share(time, duration), "--buffered": share(buffered, duration) } as CSSProperties}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setPointed(null)}
    >
      {pointed !== null && <Peek at={pointed} seconds={pointed * duration} tile={tileAt(tiles ?? [], pointed * duration)} />}
      <input
        type="range"
        min={0}
        max={STEPS}
        value={Math.round(STEPS * partOf(time, duration))}
        aria-label={words.seek}
        aria-valuetext={words.position(formatClock(time), formatClock(duration))}
        onChange={(event) => onSeek((Number(event.target.value) / STEPS) * duration)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}

function Peek({ at, seconds, tile }: { at: number; seconds: number; tile: Tile | null }) {
  return (
    <div className="player-peek" style={{ "--at": at, "--peek": `${tile?.width ?? 48}px` } as CSSProperties} aria-hidden="true">
      {tile && <div style={{ inlineSize: tile.width, blockSize: tile.height, background: `url("${tile.url}") -${tile.x}px -${tile.y}px` }} />}
      <span className="tabular">{formatClock(seconds)}</span>
    </div>
  );
}

/** Where a key leads to; null when it is none of the bar's keys. */
export function seekByKey(key: string, time: number, duration: number): number | null {
  const to = {
    ArrowLeft: time - SKIP_SECONDS,
    ArrowDown: time - SKIP_SECONDS,
    ArrowRight: time + SKIP_SECONDS,
    ArrowUp: time + SKIP_SECONDS,
    PageDown: time - PAGE_SECONDS,
    PageUp: time + PAGE_SECONDS,
    Home: 0,
    End: duration,
  }[key];
  return to === undefined ? null : Math.min(duration, Math.max(0, to));
}

/** 0 of what has no length that is known. */
export function partOf(seconds: number, duration: number): number {
  return duration > 0 ? Math.min(1, seconds / duration) : 0;
}

function share(seconds: number, duration: number): string {
  return `${(100 * partOf(seconds, duration)).toFixed(2)}%`;
}

function spritesAt(url: string | null) {
  return {
    queryKey: ["sprites", url],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      if (url === null) return [];
      const answer = await fetch(url, { signal });
      // A film is watched as well without them.
      return answer.ok ? parseSprites(await answer.text(), new URL(url, location.href).href) : [];
    },
    staleTime: Infinity,
    retry: false,
  };
}
