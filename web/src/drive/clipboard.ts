/** Files that were cut or copied, waiting to be pasted. */
import { useSyncExternalStore } from "react";
import type { DriveFile } from "@/api/types";

export interface Clipboard {
  mode: "cut" | "copy";
  files: readonly DriveFile[];
}

let clipboard: Clipboard | null = null;
const listeners = new Set<() => void>();

export function getClipboard(): Clipboard | null {
  return clipboard;
}

export function setClipboard(next: Clipboard | null): void {
  clipboard = next;
  listeners.forEach((listener) => listener());
}

export function useClipboard(): Clipboard | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, getClipboard);
}
