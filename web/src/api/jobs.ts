/** The calls about long work. */
import { apiUrl, request } from "@/api/client";
import type { Job, JobLog, JobState, Page } from "@/api/types";

export function isFinal(state: JobState): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}

/** Whether something more happens by itself. */
export function goesOn(state: JobState): boolean {
  return state === "queued" || state === "running";
}

/** Those that the service does by itself are left out. */
export async function listJobs(state: JobState, signal?: AbortSignal): Promise<Job[]> {
  const page = await request<Page<Job>>("GET", "/jobs", { query: { state, limit: 50, background: false }, ...(signal ? { signal } : {}) });
  return page.items;
}

export async function getJob(id: string): Promise<Job> {
  return (await request<{ job: Job }>("GET", `/jobs/${id}`)).job;
}

/** The newest lines, the last of them last. */
export function getJobLog(id: string, signal?: AbortSignal): Promise<JobLog> {
  return request("GET", `/jobs/${id}/log`, signal ? { signal } : {});
}

export async function pauseJob(id: string): Promise<Job> {
  return (await request<{ job: Job }>("POST", `/jobs/${id}/pause`)).job;
}

export async function resumeJob(id: string): Promise<Job> {
  return (await request<{ job: Job }>("POST", `/jobs/${id}/resume`)).job;
}

export function cancelJob(id: string): Promise<unknown> {
  return request("POST", `/jobs/${id}/cancel`);
}

export async function retryJob(id: string): Promise<Job> {
  return (await request<{ job: Job }>("POST", `/jobs/${id}/retry`)).job;
}

/** The address of a job's event stream. */
export function jobEventsUrl(id: string): string {
  return apiUrl(`/jobs/${id}/events`);
}
