/** What captions and sounds are called. */
import { media as words } from "@/text/media";

/** What a stream without titles calls its tracks: ISO 639-2, and a number where there are several. */
const CODE = /^([a-z]{3})(?:_(\d+))?$/;
const languages = new Intl.DisplayNames("en-GB", { type: "language", fallback: "none" });

/** Return the title of a track, or else the language that is spoken in it. */
export function nameOf({ name, lang }: { name: string; lang?: string | undefined }): string {
  const [, code, number] = CODE.exec(name) ?? [];
  if (code === undefined) return name;
  return [languageOf(lang ?? code) ?? name, number].filter(Boolean).join(" ");
}

/** Null of a code that is no language. */
function languageOf(lang: string): string | null {
  return lang === "und" ? words.player.unknownLanguage : (languages.of(lang) ?? null);
}
