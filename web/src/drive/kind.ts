/** Which kind of thing a file is, by its type and, where that says little, by its name. */
import type { DriveFile, FileType } from "@/api/types";
import type { IconName } from "@/ui/Icon";

const BY_EXTENSION: Record<Exclude<FileType, "folder" | "other">, string> = {
  document: "pdf doc docx odt rtf txt md rst tex xls xlsx ods csv tsv ppt pptx odp key pages numbers epub mobi log",
  image: "jpg jpeg png gif webp avif heic heif tif tiff bmp svg ico psd raw dng cr2 cr3 nef arw orf rw2 exr hdr jxl jp2",
  video: "mp4 m4v mov mkv webm avi mts m2ts mpg mpeg wmv flv 3gp ogv mxf r3d braw",
  audio: "mp3 m4a aac wav flac ogg oga opus aif aiff wma mid midi ac3 dts",
  "3d": "glb gltf obj fbx stl ply usd usda usdc usdz blend dae 3ds abc step stp iges 3mf",
  code: "js mjs cjs ts tsx jsx py rb go rs c h cpp hpp cs java kt swift php sh bash zsh sql html htm css scss json yaml yml toml xml ini lua r pl vue svelte ipynb",
  archive: "zip tar gz tgz bz2 xz 7z rar zst lz4 iso dmg jar whl deb rpm",
};

const EXTENSIONS = new Map(
  Object.entries(BY_EXTENSION).flatMap(([kind, names]) => names.split(" ").map((name) => [name, kind as FileType] as const)),
);

export const kindIcons: Record<FileType, IconName> = {
  folder: "folder",
  document: "document",
  image: "image",
  video: "video",
  audio: "audio",
  "3d": "cube",
  code: "code",
  archive: "archive",
  other: "file",
};

/** The extension without its dot, in lower case; empty when there is none. */
export function extensionOf(filename: string): string {
  const dot = filename.lastIndexOf(".");
  return dot > 0 ? filename.slice(dot + 1).toLowerCase() : "";
}

/** Where the name ends and the extension begins, for selecting the part people rename. */
export function stemLength(filename: string, isFolder: boolean): number {
  const extension = isFolder ? "" : extensionOf(filename);
  return extension ? filename.length - extension.length - 1 : filename.length;
}

export function kindOf(file: Pick<DriveFile, "filename" | "mimetype" | "is_folder">): FileType {
  if (file.is_folder) return "folder";
  const [family] = file.mimetype.split("/");
  const byName = EXTENSIONS.get(extensionOf(file.filename));
  if (family === "image" || family === "video" || family === "audio") return family;
  if (byName) return byName;
  if (family === "model") return "3d";
  return family === "text" ? "document" : "other";
}
