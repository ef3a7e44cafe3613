/** What lists and viewers need to know of the media in a file. */
import type { FileMedia } from "@/api/types";
import { media as words } from "@/text/media";

type Sized = Pick<FileMedia, "width" | "height">;

/** Width to height of the upright picture; null when that is not known. */
export function aspectOf(media: Sized | null | undefined): number | null {
  return media?.width && media.height ? media.width / media.height : null;
}

/** The share of a picture that is seen when it fills a box; 1 when both have the same shape. */
export function visibleShare(aspect: number, box: number): number {
  return Math.min(aspect / box, box / aspect);
}

/** How long it plays, in seconds; null for a picture, and when that is not known. */
export function secondsOf(media: Pick<FileMedia, "kind" | "duration_ms"> | null | undefined): number | null {
  return media && media.kind !== "image" && media.duration_ms !== null ? media.duration_ms / 1000 : null;
}

/** Why it cannot be read, as a sentence; null of what can. */
export function whyUnreadable(media: Pick<FileMedia, "state" | "error"> | null | undefined): string | null {
  if (media?.state !== "unreadable") return null;
  const detail = media.error?.detail ?? "";
  return detail === "" ? words.unreadableHint : `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`;
}

/** `4032 × 3024` */
export function dimensionsOf(media: Sized): string | null {
  return media.width && media.height ? `${media.width} × ${media.height}` : null;
}
