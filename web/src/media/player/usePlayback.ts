/** The state of a media element, followed as it changes. */
import { type RefObject, useEffect, useState } from "react";

export interface Playback {
  time: number;
  /** Null before it is known. */
  duration: number | null;
  /** How far ahead it is loaded, in seconds from the beginning. */
  buffered: number;
  paused: boolean;
  /** It wants to play, and waits for bytes. */
  waiting: boolean;
  muted: boolean;
  volume: number;
  rate: number;
}

const EVENTS = [
  "timeupdate", "durationchange", "progress", "play", "pause", "playing", "waiting", "seeking", "seeked", "volumechange", "ratechange", "ended", "canplay",
];

export const AT_REST: Playback = { time: 0, duration: null, buffered: 0, paused: true, waiting: false, muted: false, volume: 1, rate: 1 };

export function usePlayback(element: RefObject<HTMLMediaElement | null>): Playback {
  const [playback, setPlayback] = useState(AT_REST);
  useEffect(() => {
    const media = element.current;
    if (media === null) return undefined;
    const look = () => setPlayback(stateOf(media));
    EVENTS.forEach((name) => media.addEventListener(name, look));
    return () => EVENTS.forEach((name) => media.removeEventListener(name, look));
  }, [element]);
  return playback;
}

function stateOf(media: HTMLMediaElement): Playback {
  return {
    time: media.currentTime,
    duration: Number.isFinite(media.duration) && media.duration > 0 ? media.duration : null,
    buffered: bufferedTo(media),
    paused: media.paused,
    waiting: !media.paused && !media.ended && media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA,
    muted: media.muted,
    volume: media.volume,
    rate: media.playbackRate,
  };
}

function bufferedTo({ buffered, currentTime }: HTMLMediaElement): number {
  for (let index = 0; index < buffered.length; index++) {
    if (buffered.start(index) <= currentTime + 0.1 && currentTime <= buffered.end(index)) return buffered.end(index);
  }
  return currentTime;
}
