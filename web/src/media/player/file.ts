/** Playing a file as it is, by the browser alone. */
import { type Engine, type Listeners, plainEngine } from "@/media/player/engine";

/** `renew` gives another address of the same file, for when the first has expired in the middle. */
export function startFile(video: HTMLVideoElement, url: string, renew: () => Promise<string>, { onFailure }: Listeners): Engine {
  const stop = new AbortController();
  let isRenewed = false;
  async function goOn(): Promise<void> {
    const { currentTime, playbackRate } = video;
    const fresh = currentTime === 0 || isRenewed ? null : await renew().catch(() => null);
    if (stop.signal.aborted) return;
    if (fresh === null) {
      onFailure("broken");
      return;
    }
    isRenewed = true;
    video.src = fresh;
    video.currentTime = currentTime;
    video.playbackRate = playbackRate;
    video.play().catch(() => undefined); // the next failure tells
  }
  video.addEventListener("error", () => void goOn(), { signal: stop.signal });
  video.src = url;
  return plainEngine(() => {
    stop.abort();
    video.removeAttribute("src");
  });
}
