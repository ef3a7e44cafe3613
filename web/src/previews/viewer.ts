/** Which viewer shows a file. */
import type { DriveFile } from "@/api/types";
import { extensionOf, kindOf } from "@/drive/kind";
import type { PreviewFile } from "@/previews/file";

export type Viewer = "image" | "pdf" | "text" | "audio" | "video" | "none";

export interface ViewProps {
  file: PreviewFile;
  url: string;
  /** The browser cannot show it after all. */
  onFail: () => void;
}

/** Types that browsers draw, by the name the service gives them. */
const IMAGES = new Set([
  "image/apng", "image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/svg+xml",
  "image/vnd.microsoft.icon", "image/webp", "image/x-icon",
]);

const TEXT_TYPES = new Set([
  "application/ecmascript", "application/javascript", "application/json", "application/sql", "application/toml",
  "application/x-javascript", "application/x-sh", "application/x-yaml", "application/xhtml+xml", "application/xml", "application/yaml",
]);
const TEXT_SUFFIXES = ["+json", "+xml", "+yaml"];
const TEXT_EXTENSIONS = new Set("txt md markdown csv tsv log rst tex srt vtt ini conf cfg env properties diff patch".split(" "));

/** Return the viewer for a file by what is known of the media in it, its type and its name, or `none`. */
export function viewerOf(file: Pick<PreviewFile, "filename" | "mimetype" | "is_folder" | "media">): Viewer {
  if (file.is_folder) return "none";
  if (file.media?.kind === "image" && file.media.large_url !== null) return "image";
  if (file.media?.has_stream) return file.media.kind === "audio" ? "audio" : "video";
  const type = essence(file.mimetype);
  if (isBrowserImage(file)) return "image";
  if (type === "application/pdf") return "pdf";
  if (type.startsWith("video/")) return "video";
  if (type.startsWith("audio/")) return "audio";
  return isText(file, type) ? "text" : "none";
}

/** Whether an `<img>` shows it. */
export function isBrowserImage(file: Pick<DriveFile, "mimetype">): boolean {
  return IMAGES.has(essence(file.mimetype));
}

function isText(file: Pick<DriveFile, "filename" | "mimetype" | "is_folder">, type: string): boolean {
  return (
    type.startsWith("text/") ||
    TEXT_TYPES.has(type) ||
    TEXT_SUFFIXES.some((suffix) => type.endsWith(suffix)) ||
    TEXT_EXTENSIONS.has(extensionOf(file.filename)) ||
    kindOf(file) === "code"
  );
}

function essence(mimetype: string): string {
  return (mimetype.split(";")[0] ?? "").trim().toLowerCase();
}
