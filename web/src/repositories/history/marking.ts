/** Choosing two commits of a history to compare. */

/** The choice after a commit was chosen or left: never more than two, the one chosen first gives way. */
export function withMark(marked: readonly string[], hash: string): readonly string[] {
  if (marked.includes(hash)) return marked.filter((other) => other !== hash);
  return [...marked, hash].slice(-2);
}

/** The two that are chosen, the older first; `history` is newest first. */
export function olderFirst(marked: readonly string[], history: readonly string[]): [string | undefined, string | undefined] {
  const [a, b] = marked;
  if (a === undefined || b === undefined) return [a, b];
  return history.indexOf(a) > history.indexOf(b) ? [a, b] : [b, a];
}
