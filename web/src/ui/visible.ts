/** Names as they are, whoever gave them: what would hide, or turn letters round, is seen. */

/** Controls, what turns the direction of a text, and what takes no room. Marks and joiners that languages need stay. */
const HIDDEN = /[\p{Cc}\u00ad\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff]/gu;
const SIGNS = new Map([["\n", "↵"], ["\t", "⇥"]]);

function seen(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return SIGNS.get(character) ?? `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** A text of one line with everything in it that is not seen written out: `photo⟨U+202E⟩gpj.exe`, `two↵lines`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, seen);
}
