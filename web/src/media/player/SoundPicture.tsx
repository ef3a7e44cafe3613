/** What is seen of sound: its shape, as far as it is known, and how much of it was heard. */
import { useQuery } from "@tanstack/react-query";
import { type CSSProperties, type PointerEvent, useMemo } from "react";
import { getMedia } from "@/api/media";
import { keys } from "@/api/keys";
import { ownAddress } from "@/media/ownAddress";
import { barsOf, outlineOf, type Waveform } from "@/media/player/waveform";
import type { PreviewFile } from "@/previews/file";
import { FileIcon } from "@/ui/FileIcon";
import "@/media/player/waveform.css";

const BARS = 96;

interface SoundPictureProps {
  file: PreviewFile;
  /** The part of it that was heard, from 0 to 1. */
  played: number;
  onSeek: (part: number) => void;
}

export function SoundPicture({ file, played, onSeek }: SoundPictureProps) {
  const outline = useOutline(file.media?.hash ?? null);
  const onPointerDown = ({ currentTarget, clientX }: PointerEvent) => {
    const box = currentTarget.getBoundingClientRect();
    onSeek((clientX - box.x) / box.width);
  };
  return (
    <div className="player-sound-picture">
      <div className="preview-cover">
        <FileIcon file={file} size={64} />
      </div>
      {outline && (
        // The bar below does the same for the keyboard, and says where it is.
        <div className="waveform" aria-hidden="true" style={{ "--played": `${100 * played}%` } as CSSProperties} onPointerDown={onPointerDown}>
          <Shape outline={outline} />
          <Shape outline={outline} />
        </div>
      )}
    </div>
  );
}

function Shape({ outline: { path, bars } }: { outline: { path: string; bars: number } }) {
  return (
    <svg viewBox={`0 0 ${bars} 2`} preserveAspectRatio="none">
      <path d={path} />
    </svg>
  );
}

/** Null where none was made, or none is there: sound is heard as well without it. */
function useOutline(hash: string | null): { path: string; bars: number } | null {
  const known = useQuery({ queryKey: keys.media(hash ?? ""), queryFn: ({ signal }) => getMedia(hash ?? "", signal), enabled: hash !== null, staleTime: 60_000 });
  const url = known.data?.renditions.find(({ kind }) => kind === "waveform")?.url ?? null;
  const waveform = useQuery({ queryKey: ["waveform", hash], queryFn: ({ signal }) => getWaveform(url ?? "", signal), enabled: url !== null, staleTime: Infinity, retry: false });
  const { data } = waveform;
  return useMemo(() => {
    if (!data) return null;
    const bars = barsOf(data, BARS);
    return bars.length === 0 ? null : { path: outlineOf(bars), bars: bars.length };
  }, [data]);
}

async function getWaveform(url: string, signal: AbortSignal): Promise<Waveform | null> {
  const answer = await fetch(ownAddress(url), { signal });
  return answer.ok ? ((await answer.json()) as Waveform) : null; // the format that the service writes
}
