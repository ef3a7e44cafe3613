/** What lists and viewers need to know of the media in a file. */
import type { DriveFile, FileMedia } from "@/api/types";
import { kindOf } from "@/drive/kind";
import { media as words } from "@/text/media";

const BARE = {
  state: "ready", width: null, height: null, duration_ms: null, taken_at: null, thumbhash: null, dominant_color: null, error: null,
  thumbnail_url: null, large_url: null, preview_url: null, has_stream: false, stream_encrypted: false,
} as const;

/** The media in a file; of one whose media were removed what its name tells. Null of what holds none. */
export function mediaOf(file: DriveFile): FileMedia | null {
  const kind = kindOf(file);
  if (file.media !== null || file.content_hash === null) return file.media;
  return kind === "image" || kind === "video" || kind === "audio" ? { ...BARE, kind, hash: file.content_hash } : null;
}

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
