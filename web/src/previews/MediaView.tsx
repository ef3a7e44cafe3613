/** Plays video and audio with the browser's own controls, and with the keys that editors know. */
import { type SyntheticEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { useQueryClient } from "@tanstack/react-query";
import { previews } from "@/text/previews";
import { FileIcon } from "@/ui/FileIcon";
import { Menu } from "@/ui/Menu";
import { inlineUrl } from "@/previews/inlineUrl";
import { mediaAction } from "@/previews/media-keys";
import type { ViewProps } from "@/previews/viewer";
import { Tools } from "@/previews/Tools";
import { visible } from "@/ui/visible";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

interface MediaViewProps extends ViewProps {
  kind: "audio" | "video";
}

export function MediaView({ file, url, kind, onFail }: MediaViewProps) {
  const media = useRef<HTMLVideoElement & HTMLAudioElement>(null);
  const client = useQueryClient();
  const [speed, setSpeed] = useState(1);
  // Where to go on with a new address when the old one has expired in the middle.
  const [restart, setRestart] = useState<{ url: string; at: number } | null>(null);

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const act = media.current === null ? null : mediaAction(event, media.current);
    if (act === null) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);

  const onError = async (event: SyntheticEvent<HTMLMediaElement>) => {
    const at = event.currentTarget.currentTime;
    if (at === 0 || restart !== null) {
      onFail();
      return;
    }
    const { queryKey } = inlineUrl(file);
    await client.invalidateQueries({ queryKey, refetchType: "none" });
    const fresh = await client.query(inlineUrl(file)).catch(() => null);
    if (fresh === null) onFail();
    else setRestart({ url: fresh, at });
  };

  const shared = {
    ref: media,
    src: restart?.url ?? url,
    controls: true,
    preload: "metadata",
    "aria-label": visible(file.filename),
    "aria-description": previews.mediaHint,
    onError: (event: SyntheticEvent<HTMLMediaElement>) => void onError(event),
    onRateChange: (event: SyntheticEvent<HTMLMediaElement>) => setSpeed(event.currentTarget.playbackRate),
    onLoadedMetadata: ({ currentTarget }: SyntheticEvent<HTMLMediaElement>) => {
      currentTarget.playbackRate = speed;
      if (restart === null) return;
      currentTarget.currentTime = restart.at;
      void currentTarget.play();
    },
  };
  return (
    <>
      {kind === "video" ? (
        <video {...shared} className="preview-video" playsInline />
      ) : (
        <div className="preview-audio">
          <div className="preview-cover">
            <FileIcon file={file} size={72} />
          </div>
          <p className="truncate">{visible(file.filename)}</p>
          <audio {...shared} />
        </div>
      )}
      <Tools>
        <Menu
          label={previews.speed}
          groups={[
            {
              id: "speed",
              title: previews.speed,
              items: SPEEDS.map((rate) => ({
                id: String(rate),
                label: previews.speedOf(rate),
                checked: rate === speed,
                onAction: () => {
                  if (media.current !== null) media.current.playbackRate = rate;
                },
              })),
            },
          ]}
        >
          <Button className="preview-speed tabular" aria-label={previews.speedNow(previews.speedOf(speed))}>
            {previews.speedOf(speed)}
          </Button>
        </Menu>
      </Tools>
    </>
  );
}
