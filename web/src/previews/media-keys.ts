/** What the keys do while something plays. */

const SKIP_SECONDS = 10;
/** Without knowing the frame rate: a frame of most films. */
const FRAME_SECONDS = 1 / 25;
const SPEED_STEP = 0.25;
const MAX_SPEED = 4;

type Media = Pick<HTMLVideoElement, "currentTime" | "duration" | "paused" | "muted" | "playbackRate" | "play" | "pause">;

/** Return what a key does to the player, or null when it is none of the player's keys. */
export function mediaAction(event: KeyboardEvent, media: Media): (() => void) | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const act = KEYS[event.key.toLowerCase()];
  return act === undefined ? null : () => act(media);
}

const KEYS: Record<string, ((media: Media) => void) | undefined> = {
  k: (media) => toggle(media),
  j: (media) => seek(media, -SKIP_SECONDS),
  l: (media) => seek(media, SKIP_SECONDS),
  ",": (media) => step(media, -FRAME_SECONDS),
  ".": (media) => step(media, FRAME_SECONDS),
  m: (media) => {
    media.muted = !media.muted;
  },
  "<": (media) => accelerate(media, -SPEED_STEP),
  ">": (media) => accelerate(media, SPEED_STEP),
};

function toggle(media: Media): void {
  if (!media.paused) media.pause();
  // A play that is interrupted by the next pause or by closing is no failure.
  else media.play().catch(() => undefined);
}

function seek(media: Media, seconds: number): void {
  const end = Number.isFinite(media.duration) ? media.duration : Infinity;
  media.currentTime = Math.min(end, Math.max(0, media.currentTime + seconds));
}

function step(media: Media, seconds: number): void {
  media.pause();
  seek(media, seconds);
}

function accelerate(media: Media, step: number): void {
  media.playbackRate = Math.min(MAX_SPEED, Math.max(SPEED_STEP, media.playbackRate + step));
}
