/** The space of the folder on show, which its address alone does not tell. */
import { useSyncExternalStore } from "react";
import type { Space } from "@/api/types";

let current: Space | null = null;
const listeners = new Set<() => void>();

export function setCurrentSpace(space: Space | null): void {
  if (space === current) return;
  current = space;
  listeners.forEach((listener) => listener());
}

export function useCurrentSpace(): Space | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
