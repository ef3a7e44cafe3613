/** A file of a commit as the previews take it. */
import { fileDownloadUrl, fileUrl } from "@/api/repositories";
import type { Entry } from "@/api/repository-types";
import type { PreviewFile } from "@/previews/file";
import { mimetypeOf } from "@/repositories/files/mimetype";
import { nameOf } from "@/repositories/paths";

/** For a time that no calendar has. */
const NEVER = new Date(0).toISOString();

type Facts = Pick<Entry, "path" | "size" | "mtime" | "hash"> & { kind?: Entry["kind"] };

/** What is at a path of a commit never changes, so the commit and the path name its bytes. */
export function previewFile(repository: string, commit: string, entry: Facts): PreviewFile {
  const filename = nameOf(entry.path);
  return {
    id: `${repository}/${commit}/${entry.path}`,
    etag: entry.hash ?? commit,
    filename,
    mimetype: mimetypeOf(filename),
    size: entry.size,
    is_folder: entry.kind === "folder",
    updated_at: entry.mtime ?? NEVER,
    key: entry.path,
    addresses: { inline: fileUrl(repository, commit, entry.path), download: fileDownloadUrl(repository, commit, entry.path) },
  };
}
