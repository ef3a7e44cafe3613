/** The icon of a kind of file, in the colour of that kind. */
import type { DriveFile } from "@/api/types";
import { kindIcons, kindOf } from "@/drive/kind";
import { Icon } from "@/ui/Icon";
import "@/ui/file-icon.css";

export function FileIcon({ file, size = 20 }: { file: Pick<DriveFile, "filename" | "mimetype" | "is_folder">; size?: number }) {
  const kind = kindOf(file);
  return <Icon name={kindIcons[kind]} size={size} filled={kind === "folder"} className={`kind-${kind}`} />;
}
