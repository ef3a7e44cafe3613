/** The calls about what is made of pictures, films and sound. */
import { request } from "@/api/client";
import type { Job, JobState } from "@/api/types";

export type MediaJobType = "image:thumbnail" | "video:cover" | "video:preview" | "video:transcode" | "video:full" | "audio:transcode";

/** An object that was made; of a stream its first playlist, with the size of all of it. */
export interface Rendition {
  key: string;
  kind: string;
  format: string;
  size: number;
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  facts: StreamFacts | null;
  made_at: string;
  url: string | null;
}

/** What a stream tells of itself; of other renditions nothing of it is there. */
export interface StreamFacts {
  streaming?: { encrypted: boolean; master_playlist: string; dash_manifest: string };
  video_tracks?: { id: string; codec: string; width: number; height: number; bitrate: number }[];
  audio_tracks?: { id: string; name: string; language: string }[];
  subtitle_tracks?: { id: string; name: string; language: string }[];
  sprites?: { vtt: string };
}

export interface KnownMedia {
  hash: string;
  /** What was read of the bytes; null before they were. Where others keep them is not told. */
  asset: { source: string | null } | null;
  renditions: Rendition[];
  jobs: Job[];
}

export interface Stage {
  name: string;
  status: "pending" | "ready" | "failed" | "skipped";
  error: { code: string; detail: string } | null;
}

/** A job with its stages; only work on media has them. */
export interface ShownJob {
  job: Job;
  media: { stages: Stage[]; retry_plan: { allowed: boolean; stages: string[] } } | null;
}

export interface NewMediaJob {
  type: MediaJobType;
  hash: string;
  source: string;
  options?: Record<string, unknown>;
}

/** The signal as an option, where there is one. */
function until(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}

export function getMedia(hash: string, signal?: AbortSignal): Promise<KnownMedia> {
  return request("GET", `/media/${hash}`, until(signal));
}

export async function startMediaJob(wanted: NewMediaJob): Promise<Job> {
  return (await request<ShownJob>("POST", "/jobs", { body: wanted })).job;
}

/** Has the bytes of a file read anew, and made of them what stands for it in lists. */
export async function lookAgain(fileId: string): Promise<Job> {
  return (await request<{ job: Job }>("POST", `/files/${fileId}/inspect`)).job;
}

export function getShownJob(id: string, signal?: AbortSignal): Promise<ShownJob> {
  return request("GET", `/jobs/${id}`, until(signal));
}

/** Removes all that was made for the hash; what it was made of stays. */
export function removeMedia(hash: string): Promise<void> {
  return request("DELETE", `/media/${hash}`);
}

/** A token that plays the media of one hash, encrypted streams too. */
export async function getPlaybackToken(hash: string): Promise<string> {
  return (await request<{ token: string }>("POST", "/playback-tokens", { body: { hash } })).token;
}

/** Whether a job that ended like this can be tried again. */
export function mayRetry(state: JobState): boolean {
  return state === "failed" || state === "cancelled";
}
