/** Playing an HLS stream in a media element: by hls.js, or by the browser itself where it has no other way. */
import Hls, { type ErrorData, type HlsConfig } from "hls.js";
import { getPlaybackToken } from "@/api/media";
import { ownAddress } from "@/media/ownAddress";
import { Captions } from "@/media/player/captions";
import { allowKeys, KeysRefusedError } from "@/media/player/clear-keys";
import { type Choices, type Engine, type Failure, type Listeners, plainEngine } from "@/media/player/engine";
import { nameOf } from "@/media/player/languages";
import { linesOf, qualitiesOf } from "@/media/player/qualities";
import type { Stream } from "@/media/player/stream";

const NATIVE = "application/vnd.apple.mpegurl";
const KEYS = "/api/key/";
/** Whoever waits for a key sees nothing: two tries more, and then it is told. */
const KEY_PATIENCE = { ...Hls.DefaultConfig.keyLoadPolicy.default, errorRetry: { maxNumRetry: 2, retryDelayMs: 500, maxRetryDelayMs: 2000 } };

export function startStream(video: HTMLVideoElement, stream: Stream, listeners: Listeners): Engine {
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
  return plainEngine(() => {
    stop.abort();
    video.removeAttribute("src");
  });
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
    keyLoadPolicy: { default: KEY_PATIENCE },
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
    captions: hls.subtitleTracks.map((track, id) => ({ id, name: nameOf(track) })),
    caption: hls.subtitleTrack,
    sounds: hls.audioTracks.map((track, id) => ({ id, name: nameOf(track) })),
    sound: hls.audioTrack,
  };
}

/** Goes on after what can be mended, and tells of the rest. */
function settle(hls: Hls, data: ErrorData, onFailure: (why: Failure) => void): void {
  const status = data.response?.code;
  const isKey = data.details === Hls.ErrorDetails.KEY_LOAD_ERROR || data.details === Hls.ErrorDetails.KEY_LOAD_TIMEOUT;
  // Left alone, the player would ask for the key of one quality after the other, for ever.
  if (!data.fatal && !(isKey && data.response)) return;
  hls.destroy();
  if (isKey) onFailure(data.response ? "locked" : "keys");
  else onFailure(status === 404 || status === 410 ? "gone" : "broken");
}
