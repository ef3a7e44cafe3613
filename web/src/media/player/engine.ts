/** Playing an HLS stream in a media element: by hls.js, or by the browser itself where it has no other way. */
import Hls, { type ErrorData, type HlsConfig } from "hls.js";
import { getPlaybackToken } from "@/api/media";
import { ownAddress } from "@/media/ownAddress";
import { Captions } from "@/media/player/captions";
import { allowKeys, KeysRefusedError } from "@/media/player/clear-keys";
import { linesOf, qualitiesOf, type Quality } from "@/media/player/qualities";
import type { Stream } from "@/media/player/stream";

export interface Named {
  id: number;
  name: string;
}

/** What can be chosen, and what is chosen. */
export interface Choices {
  qualities: readonly Quality[];
  /** The level that is chosen; -1 lets the player choose. */
  quality: number;
  /** The lines of what plays now; 0 before anything does. */
  lines: number;
  captions: readonly Named[];
  /** -1 for none. */
  caption: number;
  sounds: readonly Named[];
  sound: number;
}

export const NO_CHOICES: Choices = { qualities: [], quality: -1, lines: 0, captions: [], caption: -1, sounds: [], sound: -1 };

export type Failure = "gone" | "keys" | "broken";

export interface Listeners {
  onChoices: (choices: Choices) => void;
  /** The captions of the moment; empty where nothing is said. */
  onWords: (words: string) => void;
  onFailure: (why: Failure) => void;
}

export interface Engine {
  chooseQuality: (level: number) => void;
  chooseCaption: (id: number) => void;
  chooseSound: (id: number) => void;
  end: () => void;
}

const NATIVE = "application/vnd.apple.mpegurl";
const KEYS = "/api/key/";

export function startEngine(video: HTMLVideoElement, stream: Stream, listeners: Listeners): Engine {
  if (Hls.isSupported()) return startHls(video, stream, listeners);
  return startNative(video, stream, listeners);
}

/** On phones that give pages no other way. Their own controls choose quality and captions. */
function startNative(video: HTMLVideoElement, stream: Stream, { onFailure }: Listeners): Engine {
  const stop = new AbortController();
  if (stream.isEncrypted) onFailure("keys");
  else if (!video.canPlayType(NATIVE)) onFailure("broken");
  else {
    video.addEventListener("error", () => onFailure("broken"), { signal: stop.signal });
    video.src = stream.master;
  }
  const nothing = () => undefined;
  return {
    chooseQuality: nothing,
    chooseCaption: nothing,
    chooseSound: nothing,
    end: () => {
      stop.abort();
      video.removeAttribute("src");
    },
  };
}

function startHls(video: HTMLVideoElement, stream: Stream, { onChoices, onWords, onFailure }: Listeners): Engine {
  const stop = new AbortController();
  const hls = new Hls(configFor(stream));
  const tell = () => onChoices(choicesOf(hls));
  const captions = new Captions(video, onWords);
  const showCaptions = () => {
    captions.show(hls.subtitleTracks[hls.subtitleTrack]?.id ?? -1);
    tell();
  };
  hls.on(Hls.Events.MANIFEST_PARSED, tell);
  hls.on(Hls.Events.LEVEL_SWITCHED, tell);
  hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, tell);
  hls.on(Hls.Events.SUBTITLE_TRACK_SWITCH, showCaptions);
  hls.on(Hls.Events.CUES_PARSED, (_, { subtitleTrack, cues }) => subtitleTrack && captions.add(subtitleTrack.id, cues as VTTCue[])); // they are of no other kind
  hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, tell);
  hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, tell);
  hls.on(Hls.Events.ERROR, (_, data) => settle(hls, data, onFailure));

  const begin = () => {
    if (stop.signal.aborted) return;
    hls.attachMedia(video);
    hls.loadSource(stream.master);
  };
  if (stream.isEncrypted) {
    const key = new Promise<Uint8Array>((resolve) => {
      hls.on(Hls.Events.KEY_LOADED, (_, { frag }) => frag.decryptdata?.key && resolve(frag.decryptdata.key));
    });
    allowKeys(video, key, stop.signal).then(begin, (error: unknown) => onFailure(error instanceof KeysRefusedError ? "keys" : "broken"));
  } else begin();

  return {
    chooseQuality: (level) => {
      hls.nextLevel = level;
      tell();
    },
    chooseCaption: (id) => {
      hls.subtitleTrack = id;
      showCaptions();
    },
    chooseSound: (id) => {
      hls.audioTrack = id;
    },
    end: () => {
      stop.abort();
      hls.destroy();
      if (stream.isEncrypted) void video.setMediaKeys(null).catch(() => undefined); // the element goes with them
    },
  };
}

function configFor({ hash, isEncrypted }: Stream): Partial<HlsConfig> {
  // Nothing is repacked on the way to the decoder, so a thread for that would have nothing to do.
  // Captions are drawn by the page.
  const config = { enableWorker: false, renderTextTracksNatively: false };
  if (!isEncrypted) return config;
  return {
    ...config,
    xhrSetup: async (xhr, url) => {
      const address = ownAddress(url);
      if (!address.startsWith(KEYS)) return;
      const token = await getPlaybackToken(hash);
      xhr.open("GET", address, true);
      xhr.setRequestHeader("Authorization", `Bearer ${token}`);
    },
  };
}

function choicesOf(hls: Hls): Choices {
  const isAutomatic = hls.autoLevelEnabled;
  return {
    qualities: qualitiesOf(hls.levels, Math.max(0, hls.currentLevel)),
    quality: isAutomatic ? -1 : hls.nextLevel,
    lines: linesOf(hls.levels[hls.currentLevel]),
    captions: hls.subtitleTracks.map(({ name }, id) => ({ id, name })),
    caption: hls.subtitleTrack,
    sounds: hls.audioTracks.map(({ name }, id) => ({ id, name })),
    sound: hls.audioTrack,
  };
}

/** Goes on after what can be mended, and tells of the rest. */
function settle(hls: Hls, data: ErrorData, onFailure: (why: Failure) => void): void {
  if (!data.fatal) return;
  const status = data.response?.code;
  const isKey = data.details === Hls.ErrorDetails.KEY_LOAD_ERROR;
  hls.destroy();
  if (status === 404 || status === 410) onFailure("gone");
  else onFailure(isKey && status === undefined ? "keys" : "broken");
}
