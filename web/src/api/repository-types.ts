/** The shapes of the HTTP contract about repositories. */
import type { Space, Timestamp } from "@/api/types";

export interface Repository {
  id: string;
  name: string;
  space: Space;
  is_encrypted: boolean;
  /** Whether the service itself has the key, and so can show what is inside. */
  is_readable: boolean;
  created_at: Timestamp;
  changed_at: Timestamp | null;
  default_branch: string | null;
  branches: number;
  tags: number;
  commits: number;
  /** What a copy of every commit would take. */
  logical_bytes: number;
  stored_bytes: number;
  saved_bytes: number;
}

export type RefKind = "branch" | "tag";

/** A branch or tag, and the commit it names. */
export interface RepositoryRef {
  kind: RefKind;
  name: string;
  commit: string;
  updated_at: Timestamp;
}

export interface Commit {
  hash: string;
  parents: string[];
  message: string;
  author: { name: string; email: string };
  committed_at: Timestamp;
  files: number;
  bytes: number;
}

export type EntryKind = "file" | "folder" | "link";

/** A file, folder or link of a commit. */
export interface Entry {
  name: string;
  path: string;
  kind: EntryKind;
  size: number;
  /** How many files a folder holds, at any depth. */
  files: number | null;
  /** Null for a time that no calendar has. */
  mtime: Timestamp | null;
  hash: string | null;
  target: string | null;
}

export interface TreePage {
  entry: Entry;
  items: Entry[];
  next_cursor: string | null;
}

export type ChangeKind = "added" | "changed" | "removed" | "renamed" | "touched" | "replaced";

/** What happened to one path between two commits. */
export interface Change {
  kind: ChangeKind;
  path: string;
  old_path: string | null;
  entry_kind: EntryKind;
  size_before: number;
  size_after: number;
}

/** How many files something happened to, and their bytes. */
export interface ChangeCounts {
  added: number;
  changed: number;
  touched: number;
  removed: number;
  renamed: number;
  /** Folders and links. */
  others: number;
  bytes_added: number;
  bytes_changed: number;
  bytes_removed: number;
}

/** What happened to one thing in a folder, and to all files below it. */
export interface FolderChange extends ChangeCounts {
  name: string;
  path: string;
  entry_kind: EntryKind;
  kind: ChangeKind | null;
  size_before: number;
  size_after: number;
}

/** Bytes that were not there before in any file. */
export interface NewBytes {
  new_bytes: number;
  /** It may be less: not all could be compared. */
  is_most: boolean;
}

/** What a commit changed of its first parent. */
export interface CommitChanges extends NewBytes {
  changes: ChangeCounts;
}
