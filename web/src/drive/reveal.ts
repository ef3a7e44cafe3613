/** A file that the next view should bring into sight: a new folder, the folder one came out of, a search result. */
import type { Target } from "@/api/types";

let wanted: { id: string; view: string } | null = null;
const focused = new Map<string, string>();
const listeners = new Set<() => void>();

/** The name of a folder's view, or of that of the root of a space. */
function viewOf({ parentId, space }: Target): string {
  return parentId ?? space;
}

/** The view that is being left may list the file as well, so the one that is meant is named. */
export function reveal(id: string, into: Target): void {
  wanted = { id, view: viewOf(into) };
  listeners.forEach((listener) => listener());
}

export function wantedFile(view: string): string | null {
  return wanted?.view === view ? wanted.id : null;
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
