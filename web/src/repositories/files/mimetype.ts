/** The types of files that browsers show, by the ends of their names: a commit keeps names only. */
import { extensionOf, kindOf } from "@/drive/kind";

const BY_EXTENSION: Readonly<Record<string, string>> = {
  apng: "image/apng",
  avif: "image/avif",
  bmp: "image/bmp",
  gif: "image/gif",
  ico: "image/x-icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  webp: "image/webp",
  m4v: "video/x-m4v",
  mov: "video/quicktime",
  mp4: "video/mp4",
  ogv: "video/ogg",
  webm: "video/webm",
  aac: "audio/aac",
  flac: "audio/flac",
  m4a: "audio/mp4",
  mp3: "audio/mpeg",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  opus: "audio/opus",
  wav: "audio/wav",
  pdf: "application/pdf",
};

export const UNKNOWN = "application/octet-stream";

export function mimetypeOf(filename: string): string {
  const known = BY_EXTENSION[extensionOf(filename)];
  if (known) return known;
  return kindOf({ filename, mimetype: UNKNOWN, is_folder: false }) === "code" ? "text/plain" : UNKNOWN;
}
