/** The captions of a film: their cues as they arrive, and the words of the moment. */

export class Captions {
  readonly #tracks = new Map<number, TextTrack>();
  readonly #known = new Set<string>();
  #shown = -1;

  /** `onWords` is told what is to be read now; nothing is empty. */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly onWords: (words: string) => void,
  ) {}

  add(id: number, cues: readonly VTTCue[]): void {
    const track = this.#track(id);
    for (const cue of cues) {
      // What is said over the end of a segment is in both.
      const name = [id, cue.startTime, cue.endTime, cue.text].join(" ");
      if (this.#known.has(name)) continue;
      this.#known.add(name);
      track.addCue(cue);
    }
  }

  /** Lets one be read; -1 is none. */
  show(id: number): void {
    if (id === this.#shown) return;
    this.#shown = id;
    for (const [other, track] of this.#tracks) track.mode = other === id ? "hidden" : "disabled";
    this.#tell();
  }

  #track(id: number): TextTrack {
    const known = this.#tracks.get(id);
    if (known) return known;
    // Not shown by the browser, which would draw them behind the controls.
    const track = this.video.addTextTrack("metadata");
    track.mode = id === this.#shown ? "hidden" : "disabled";
    track.addEventListener("cuechange", () => this.#tell());
    this.#tracks.set(id, track);
    return track;
  }

  #tell(): void {
    const cues = [...(this.#tracks.get(this.#shown)?.activeCues ?? [])] as VTTCue[]; // no others are added
    this.onWords(cues.map(wordsOf).join("\n"));
  }
}

/** Without the marks of WebVTT. */
function wordsOf(cue: VTTCue): string {
  return cue.getCueAsHTML().textContent;
}
