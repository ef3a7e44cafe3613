/** What a person chose about the look of the page, kept in this browser. */
import { useSyncExternalStore } from "react";
import type { ColumnId } from "@/drive/columns";

export interface Preferences {
  theme: "system" | "light" | "dark";
  view: "list" | "grid";
  columns: ColumnId[];
  details: boolean;
  previewDetails: boolean;
}

const STORAGE_KEY = "keyshelf.preferences";
const defaults: Preferences = { theme: "system", view: "list", columns: ["updated", "size"], details: false, previewDetails: false };
const listeners = new Set<() => void>();
let current: Preferences = read();

function read(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}");
    return { ...defaults, ...(typeof stored === "object" ? stored : {}) };
  } catch {
    return defaults; // storage is off or holds something else: the defaults serve
  }
}

export function getPreferences(): Preferences {
  return current;
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(current));
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
  applyTheme();
  listeners.forEach((listener) => listener());
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, getPreferences);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Puts the chosen theme on the document; without one the system decides. */
export function applyTheme(): void {
  if (current.theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = current.theme;
}
