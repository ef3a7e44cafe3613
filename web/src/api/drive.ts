/** The calls about files, folders and trash: one function a route. */
import { apiUrl, request } from "@/api/client";
import type {
  BatchAction, BatchAnswer, Changed, DriveFile, FileType, FoundFile, Job, OnConflict, Order, Page, SortKey, Space, Target,
  TrashedFile, TrashSummary,
} from "@/api/types";

export interface Sort {
  key: SortKey;
  order: Order;
}

export interface Filters {
  q: string;
  space?: Space;
  type?: FileType;
  modified_after?: string;
  modified_before?: string;
  min_size?: number;
  max_size?: number;
}

/** A folder by its id, or the root of a space. */
export type Place = { parentId: string } | { parentId: null; space: Space };

interface PageOptions {
  cursor: string | null;
  limit?: number;
  signal?: AbortSignal;
}

/** The first page is small, to show soon; those after it are large, to scroll far. */
const page = ({ cursor, limit = cursor === null ? 100 : 500, signal }: PageOptions) => ({
  query: { cursor, limit },
  ...(signal ? { signal } : {}),
});

/** One level: the children of a folder, or of the root of a space. */
export function listFolder(place: Place, sort: Sort, options: PageOptions & { foldersOnly?: boolean }): Promise<Page<DriveFile>> {
  const { query, ...rest } = page(options);
  const order = { ...query, sort: sort.key, order: sort.order, folders_only: options.foldersOnly };
  return place.parentId === null
    ? request("GET", "/files", { query: { ...order, space: place.space }, ...rest })
    : request("GET", `/folders/${place.parentId}/children`, { query: order, ...rest });
}

export function listRecent(options: PageOptions): Promise<Page<DriveFile>> {
  return request("GET", "/recent", page(options));
}

export function listFavorites(options: PageOptions): Promise<Page<DriveFile>> {
  return request("GET", "/favorites", page(options));
}

export function listTrash(options: PageOptions): Promise<Page<TrashedFile>> {
  return request("GET", "/trash", page(options));
}

export function searchFiles(filters: Filters, options: PageOptions): Promise<Page<FoundFile>> {
  const { query, ...rest } = page(options);
  return request("GET", "/search", { query: { ...query, ...filters }, ...rest });
}

export async function getFile(id: string, signal?: AbortSignal): Promise<DriveFile> {
  return (await request<{ file: DriveFile }>("GET", `/files/${id}`, signal ? { signal } : {})).file;
}

/** The folders from the root-most down to `id` itself. */
export async function getPath(id: string, signal?: AbortSignal): Promise<DriveFile[]> {
  return (await request<{ items: DriveFile[] }>("GET", `/folders/${id}/path`, signal ? { signal } : {})).items;
}

export async function createFolder(name: string, target: Target, onConflict: "fail" | "rename" | "existing" = "fail"): Promise<DriveFile> {
  const body = { name, parent_id: target.parentId, space: target.space, on_conflict: onConflict };
  return (await request<{ folder: DriveFile }>("POST", "/folders", { body })).folder;
}

export function renameFile(file: DriveFile, filename: string): Promise<Changed> {
  return request("PATCH", `/files/${file.id}`, { body: { filename }, headers: { "If-Match": `"${file.etag.replaceAll('"', "")}"` } });
}

export function batch(action: BatchAction, ids: string[], options: { target?: Target; onConflict?: OnConflict } = {}): Promise<BatchAnswer> {
  const target = options.target ? { parent_id: options.target.parentId, space: options.target.space } : {};
  const conflict = options.onConflict ? { on_conflict: options.onConflict } : {};
  return request("POST", "/batch", { body: { action, ids, ...target, ...conflict } });
}

export function restoreFile(id: string, options: { onConflict?: "fail" | "rename"; parentId?: string | null } = {}): Promise<Changed> {
  return request("POST", `/files/${id}/restore`, {
    body: { on_conflict: options.onConflict ?? "fail", ...(options.parentId === undefined ? {} : { parent_id: options.parentId }) },
  });
}

export function measureTrash(): Promise<TrashSummary> {
  return request("DELETE", "/trash", { query: { dry_run: true } });
}

export function emptyTrash(): Promise<{ job?: Job; deleted?: number }> {
  return request("DELETE", "/trash");
}

export function setFavorite(id: string, favorited: boolean): Promise<{ favorited: boolean }> {
  return request("PUT", `/files/${id}/favorite`, { body: { favorited } });
}

/** Records that the person opened the file; it then leads the recent list. */
export function recordOpened(id: string): Promise<void> {
  return request("POST", `/files/${id}/open`);
}

/** A URL of the bytes themselves, shown in place or saved, good until it expires. */
export async function getDownloadUrl(id: string, inline = false, signal?: AbortSignal): Promise<{ url: string; expires_at: string }> {
  return request("GET", `/files/${id}/download`, { query: { inline: inline ? 1 : undefined }, ...(signal ? { signal } : {}) });
}

/** Where a browser goes to save the files: the file itself, or one zip of them all. */
export async function downloadAddress(files: readonly Pick<DriveFile, "id" | "is_folder">[]): Promise<string> {
  const [first] = files;
  if (first && files.length === 1) {
    return first.is_folder ? apiUrl(`/folders/${first.id}/zip`) : apiUrl(`/files/${first.id}/download`, { redirect: 1 });
  }
  return (await request<{ url: string }>("POST", "/zip", { body: { ids: files.map((file) => file.id) } })).url;
}
