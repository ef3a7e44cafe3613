/** Places that files can go to, and whether they can. */
import type { DriveFile, Target } from "@/api/types";
import { text } from "@/text";

/** A target with the name people know it by. */
export interface NamedTarget extends Target {
  name: string;
}

export function isIn(file: DriveFile, target: Target): boolean {
  return file.parent_id === target.parentId && (target.parentId !== null || file.space === target.space);
}

/** Why the files cannot go there; null when they can. */
export function whyNotInto(files: readonly DriveFile[], target: NamedTarget): string | null {
  if (files.some((file) => file.id === target.parentId)) return text.drive.failed.intoItself;
  return files.every((file) => isIn(file, target)) ? text.drive.failed.alreadyThere(target.name) : null;
}
