/** A file as previews need it: one of the drive, or one of a commit. */
import type { DriveFile } from "@/api/types";
import { download, follow } from "@/drive/actions/downloading";

export interface PreviewFile extends Pick<DriveFile, "id" | "etag" | "filename" | "mimetype" | "size" | "is_folder" | "updated_at" | "key"> {
  deleted_at?: DriveFile["deleted_at"];
  /** What the service knows of the media in it; of a file of a commit nothing. */
  media?: DriveFile["media"];
  /** Known once the service has looked into it. */
  content_hash?: DriveFile["content_hash"];
  /** Which of several versions of the file it is. */
  version?: string;
  /** Where its bytes are when that is known; for a file of the drive the service is asked each time. */
  addresses?: { inline: string; download: string };
}

export async function save(file: PreviewFile): Promise<void> {
  if (file.addresses) follow(file.addresses.download);
  else await download([file]);
}
