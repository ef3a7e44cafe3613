/** What plays something in a media element, and what it tells of that. */
import type { Quality } from "@/media/player/qualities";

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

/** `keys`: the browser plays nothing encrypted; `locked`: the service does not give the key. */
export type Failure = "gone" | "keys" | "locked" | "broken";

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

/** Begins in an element that is there. */
export type Start = (video: HTMLVideoElement, listeners: Listeners) => Engine;

const nothing = () => undefined;

/** The engine of what has one quality, one sound and no captions. */
export function plainEngine(end: () => void): Engine {
  return { chooseQuality: nothing, chooseCaption: nothing, chooseSound: nothing, end };
}
