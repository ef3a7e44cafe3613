/** The shapes of the HTTP contract. */

export type Space = "my-files" | "shared";

/** An ISO 8601 time in UTC. */
export type Timestamp = string;

/** The media in a file; what is not known, or not there, is null. */
export interface FileMedia {
  /** The BLAKE3 of the bytes; null until they were read. */
  hash: string | null;
  kind: "image" | "video" | "audio";
  /** waiting: the bytes are to be read, or the thumbnail is being made. */
  state: "waiting" | "ready" | "unreadable";
  /** Of the upright picture, in pixels. */
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  /** The camera's clock, without a zone. */
  taken_at: string | null;
  /** In base64. */
  thumbhash: string | null;
  /** `#rrggbb` */
  dominant_color: string | null;
  error: { code: string; detail: string } | null;
  /** 320 pixels wide. */
  thumbnail_url: string | null;
  /** A picture that fills a screen; of a film its cover. */
  large_url: string | null;
  /** A film in short, moving. */
  preview_url: string | null;
  has_stream: boolean;
  stream_encrypted: boolean;
}

/** A row of the drive: a file or a folder. */
export interface DriveFile {
  id: string;
  key: string;
  filename: string;
  mimetype: string;
  size: number;
  owner_id: string;
  space: Space;
  parent_id: string | null;
  is_folder: boolean;
  state: "pending" | "ready";
  etag: string;
  favorited: boolean;
  last_opened: Timestamp | null;
  created_at: Timestamp;
  updated_at: Timestamp;
  deleted_at: Timestamp | null;
  /** Its object has not yet followed a rename or move. */
  moving: boolean;
  /** The BLAKE3 of the bytes in hex; null until they were read. */
  content_hash: string | null;
  media: FileMedia | null;
}

export interface TrashedFile extends DriveFile {
  original_path: string;
  purge_at: Timestamp;
}

export interface FoundFile extends DriveFile {
  path: string;
}

/** Any item a list can show. */
export type ListedFile = DriveFile & Partial<Pick<TrashedFile, "original_path" | "purge_at"> & Pick<FoundFile, "path">>;

/** A place files can be put into. */
export interface Target {
  parentId: string | null;
  space: Space;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Session {
  identity: { id: string; name: string; email: string | null };
  is_admin: boolean;
  csrf_token: string | null;
  provider: "local" | "kratos";
  spaces: { name: Space; title: string }[];
  trash_days: number;
  version: string;
  store: { kind: "disk" | "s3" | "gcs" | "azure" | "memory"; bucket: string };
}

export type Scope = "drive:read" | "drive:write" | "repository:read" | "repository:write" | "admin";

export interface ApiToken {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: Timestamp;
  expires_at: Timestamp;
  last_used_at: Timestamp | null;
}

/** A token as it is answered once, with its secret. */
export interface NewApiToken {
  id: string;
  name: string;
  scopes: Scope[];
  expires_at: Timestamp;
  token: string;
}

export type SortKey = "name" | "size" | "created" | "updated" | "type";
export type Order = "asc" | "desc";
export type FileType = "folder" | "document" | "image" | "video" | "audio" | "3d" | "code" | "archive" | "other";

export type OnConflict = "fail" | "rename" | "replace";

export interface Upload {
  id: string;
  file_id: string | null;
  filename: string;
  size: number;
  multipart: boolean;
  part_size: number | null;
  part_count: number | null;
  state: "pending" | "ready" | "failed" | "expired";
  expires_at: Timestamp;
  created_at: Timestamp;
  error: string | null;
}

export interface OpenUpload extends Upload {
  parent_id: string | null;
}

export interface PartUrl {
  part_number: number;
  method: "PUT";
  url: string;
  headers: Record<string, string>;
  size: number;
}

export interface UploadedPart {
  part_number: number;
  size: number;
  etag: string;
}

export type UploadUrls =
  | { multipart: false; method: "PUT"; url: string; headers: Record<string, string>; expires_at: Timestamp }
  | { multipart: true; part_size: number; upload_id: string; parts: PartUrl[]; expires_at: Timestamp };

export type JobState = "queued" | "running" | "paused" | "succeeded" | "failed" | "cancelled";

export interface Job {
  id: string;
  kind: string;
  /** What the media are called that it works on. */
  hash: string | null;
  /** Nobody asked for it: the service does by itself. */
  is_background: boolean;
  state: JobState;
  /** What it is about to become, while it runs and somebody asked for that. */
  stopping: "paused" | "cancelled" | null;
  progress: { done: number; total: number | null; unit: "files" | "objects" | "bytes" | "seconds"; message: string | null };
  attempts: number;
  error: { code: string; detail: string } | null;
  result: Record<string, unknown> | null;
  created_at: Timestamp;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
}

export interface JobLogLine {
  number: number;
  at: Timestamp;
  level: "info" | "warning" | "error";
  text: string;
  code: string | null;
  detail: string | null;
}

export interface JobLog {
  state: JobState;
  lines: JobLogLine[];
}

/** What a change of one file answers: the file at once, the job while objects still follow. */
export interface Changed {
  file: DriveFile | null;
  job: Job | null;
}

export type BatchAction = "trash" | "restore" | "move" | "copy" | "delete" | "favorite" | "unfavorite";

export interface BatchResult {
  id: string;
  status: "ok" | "error";
  file: DriveFile | null;
  problem: ProblemDocument | null;
}

export interface BatchAnswer {
  results: BatchResult[];
  job: Job | null;
}

export interface TrashSummary {
  files: number;
  folders: number;
  bytes: number;
}

/** RFC 9457, with the members that Keyshelf adds. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id?: string;
  errors?: { pointer: string; detail: string }[];
  existing_id?: string;
  existing_state?: string;
  existing_kind?: "file" | "folder";
  suggested_name?: string;
  wrong_parts?: number[];
  choices?: string[];
  login_url?: string;
}
