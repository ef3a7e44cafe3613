/** Filling the screen with a player: the whole document, so that menus and messages are still seen over it. */
import { useCallback, useEffect, useState } from "react";

/** Phones that fill the screen with films only. */
interface PhoneVideo {
  webkitEnterFullscreen?: () => void;
}

export function useFullScreen(video: HTMLVideoElement | null): { isFull: boolean; toggleFull: () => void } {
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    const look = () => setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", look);
    return () => {
      document.removeEventListener("fullscreenchange", look);
      if (document.fullscreenElement !== null) void document.exitFullscreen();
    };
  }, []);
  const toggleFull = useCallback(() => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else if (document.fullscreenEnabled) document.documentElement.requestFullscreen().catch(() => undefined); // the person or the browser forbids it
    else (video as PhoneVideo | null)?.webkitEnterFullscreen?.();
  }, [video]);
  return { isFull, toggleFull };
}
