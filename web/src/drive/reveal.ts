/** A file that the next view should bring into sight: a new folder, the folder one came out of, a search result. */
let wanted: string | null = null;
const focused = new Map<string, string>();
const listeners = new Set<() => void>();

export function reveal(id: string): void {
  wanted = id;
  listeners.forEach((listener) => listener());
}

export function wantedFile(): string | null {
  return wanted;
}

export function revealed(): void {
  wanted = null;
}

export function onReveal(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Keeps where the keyboard was in a view, for coming back to it. */
export function rememberFocus(view: string, id: string | null): void {
  if (id === null) focused.delete(view);
  else focused.set(view, id);
}

export function focusOf(view: string): string | null {
  return focused.get(view) ?? null;
}
