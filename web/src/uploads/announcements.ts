/** Tells screen readers what happens to the uploads: beginnings, ends and questions, never every byte. */
import { useEffect, useRef } from "react";
import { uploads as words } from "@/text/uploads";
import { announce } from "@/ui/announce";
import type { Snapshot } from "@/uploads/snapshot";

export function useAnnouncements(snapshot: Snapshot): void {
  const before = useRef(snapshot);
  useEffect(() => {
    const message = announcement(before.current, snapshot);
    before.current = snapshot;
    if (message !== null) announce(message);
  }, [snapshot]);
}

/** Return what is worth saying about the way from one state to the next. */
export function announcement(before: Snapshot, now: Snapshot): string | null {
    const conflict = now.conflicts.at(-1);
  if (conflict !== undefined && now.conflicts.length > before.conflicts.length) return words.announceConflict(conflict.name);
  const ended = now.done.length + now.failed.length;
  if (before.active > 0 && now.active === 0 && now.paused === 0 && ended > 0) {
    return words.announceDone(now.done.length, now.failed.length);
  }
  const failure = now.failed.at(-1);
  if (failure !== undefined && now.failed.length > before.failed.length) return words.announceFailed(failure.name);
  if (before.active === 0 && now.active > 0) return words.announceStart(now.active);
  if (now.detached.length > before.detached.length) return words.resumeTitle(now.detached.length);
  return null;
}
