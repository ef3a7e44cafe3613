/** The calls about repositories. What a commit holds never changes, so it is asked for by the commit's hash. */
import { apiUrl, request } from "@/api/client";
import type { Change, Commit, CommitChanges, Entry, FolderChange, NewBytes, Repository, RepositoryRef, TreePage } from "@/api/repository-types";
import type { Page, Space } from "@/api/types";

interface Paged {
  cursor: string | null;
  signal: AbortSignal;
}

/** Two commits to compare; without `from` the whole of `to` is new. */
export interface Pair {
  from: string | null;
  to: string;
}

/** So much of what lies in a folder comes at once. */
export const AT_ONCE = 500;
const FIRST_PAGE = 100;
const NEXT_PAGE = 500;
const COMMITS = 50;

/** The first page is small, to show soon; those after it are large, to scroll far. */
const paged = ({ cursor }: Paged) => ({ cursor, limit: cursor === null ? FIRST_PAGE : NEXT_PAGE });

const at = (id: string) => `/repositories/${id}`;

export function listRepositories({ cursor, signal }: Paged): Promise<Page<Repository>> {
  return request("GET", "/repositories", { query: { cursor, limit: FIRST_PAGE }, signal });
}

export function createRepository(name: string, space: Space): Promise<Repository> {
  return request("POST", "/repositories", { body: { name, space, encryption: null } });
}

export function getRepository(id: string, signal: AbortSignal): Promise<Repository> {
  return request("GET", at(id), { signal });
}

export async function listRefs(id: string, signal: AbortSignal): Promise<RepositoryRef[]> {
  return (await request<{ items: RepositoryRef[] }>("GET", `${at(id)}/refs`, { signal })).items;
}

/** A commit by a ref in any spelling: a branch, a tag, a hash or its beginning, `main~2`. */
export async function getCommit(id: string, ref: string, signal: AbortSignal): Promise<Commit> {
  const { items } = await request<Page<Commit>>("GET", `${at(id)}/commits`, { query: { ref, limit: 1 }, signal });
  const [commit] = items;
  if (!commit) throw new Error(`the log of ${ref} is empty`);
  return commit;
}

/** What a commit changed; counting takes the service longer than showing the commit. */
export function getCommitChanges(id: string, commit: string, signal: AbortSignal): Promise<CommitChanges> {
  return request("GET", `${at(id)}/commits/${commit}`, { signal });
}

export function listCommits(id: string, commit: string, { cursor, signal }: Paged): Promise<Page<Commit>> {
  return request("GET", `${at(id)}/commits`, { query: { ref: cursor === null ? commit : null, cursor, limit: COMMITS }, signal });
}

export function listEntries(id: string, commit: string, path: string, { cursor, signal }: Paged): Promise<TreePage> {
  return request("GET", `${at(id)}/tree/${commit}`, { query: { path, cursor, limit: AT_ONCE }, signal });
}

/** One entry by its path. */
export async function getEntry(id: string, commit: string, path: string, signal: AbortSignal): Promise<Entry> {
  return (await request<{ entry: Entry }>("GET", `${at(id)}/tree/${commit}`, { query: { path, limit: 1 }, signal })).entry;
}

export function listChanges(id: string, { from, to }: Pair, path: string, options: Paged): Promise<Page<Change>> {
  return request("GET", `${at(id)}/diff`, { query: { from, to, path, ...paged(options) }, signal: options.signal });
}

/** Bytes of `to` that `from` does not have, in a folder and below. */
export async function measureNewBytes(id: string, { from, to }: Pair, path: string, signal: AbortSignal): Promise<NewBytes> {
  return request("GET", `${at(id)}/diff`, { query: { from, to, path, limit: 1 }, signal });
}

export function listFolderChanges(id: string, { from, to }: Pair, path: string, { cursor, signal }: Paged): Promise<Page<FolderChange>> {
  return request("GET", `${at(id)}/diff/folders`, { query: { from, to, path, cursor, limit: AT_ONCE }, signal });
}

/** Where the bytes of a file are, to be shown in place. */
export function fileUrl(id: string, commit: string, path: string): string {
  return apiUrl(`${at(id)}/file/${commit}`, { path });
}

/** Where a browser saves a file from. */
export function fileDownloadUrl(id: string, commit: string, path: string): string {
  return apiUrl(`${at(id)}/file/${commit}`, { path, download: 1 });
}

/** Where a browser saves a folder from, as one ZIP file. */
export function archiveUrl(id: string, commit: string, path: string): string {
  return apiUrl(`${at(id)}/archive/${commit}`, { path });
}
