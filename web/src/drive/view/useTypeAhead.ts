/** Finding an item by typing the start of its name. */
import { useRef } from "react";

const PAUSE_MS = 800;

/** The first match after `from`, going round; the same letter again goes to the next one. */
export function findByPrefix(names: readonly string[], typed: string, from: number): number {
  const fold = (name: string) => name.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
  const wanted = fold(typed);
  const repeated = wanted.length > 1 && wanted === wanted.charAt(0).repeat(wanted.length);
  const prefix = repeated ? wanted.charAt(0) : wanted;
  const start = wanted.length === 1 || repeated ? from + 1 : Math.max(0, from);
  for (let offset = 0; offset < names.length; offset++) {
    const index = (start + offset) % names.length;
    if (fold(names[index] ?? "").startsWith(prefix)) return index;
  }
  return -1;
}

export function useTypeAhead() {
  const typed = useRef({ text: "", at: 0 });
  return {
    /** Whether letters typed a moment ago still wait for more; a space then belongs to them. */
    isTyping: () => typed.current.text !== "" && performance.now() - typed.current.at < PAUSE_MS,
    push(letter: string): string {
      const now = performance.now();
      const before = now - typed.current.at < PAUSE_MS ? typed.current.text : "";
      typed.current = { text: before + letter, at: now };
      return typed.current.text;
    },
  };
}
