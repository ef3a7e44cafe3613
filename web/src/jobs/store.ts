/** Long work that this page follows: one job by its event stream, others and where that breaks by asking again. */
import { getJob, isFinal, jobEventsUrl, listJobs } from "@/api/jobs";
import type { Job } from "@/api/types";

const POLL_MS = 2_000;

let jobs: readonly Job[] = [];
const listeners = new Set<() => void>();
const finishedListeners = new Set<(job: Job) => void>();
const watchers = new Map<string, () => void>();

function publish(next: readonly Job[]): void {
  jobs = next;
  listeners.forEach((listener) => listener());
}

export function getJobs(): readonly Job[] {
  return jobs;
}

export function subscribeJobs(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls `listener` once for each followed job that ends, however it ends. */
export function onJobFinished(listener: (job: Job) => void): () => void {
  finishedListeners.add(listener);
  return () => finishedListeners.delete(listener);
}

/** Follows a job until it ends; failed ones stay listed until they are dismissed or tried again. */
export function followJob(job: Job | null | undefined): void {
  if (!job) return;
  update(job);
  if (!isFinal(job.state) && !watchers.has(job.id)) watchers.set(job.id, watch(job.id));
}

export async function followRunningJobs(signal: AbortSignal): Promise<void> {
  const found = await Promise.all((["running", "queued", "paused"] as const).map((state) => listJobs(state, signal)));
  found.flat().forEach(followJob);
}

export function dismissJob(id: string): void {
  stop(id);
  publish(jobs.filter((job) => job.id !== id));
}

function update(job: Job): void {
  const wasKnown = jobs.some((known) => known.id === job.id && isFinal(known.state));
  const others = jobs.filter((known) => known.id !== job.id);
  if (!isFinal(job.state)) {
    publish([...others, job].sort((a, b) => a.created_at.localeCompare(b.created_at)));
    return;
  }
  stop(job.id);
  publish(job.state === "failed" ? [...others, job] : others);
  if (!wasKnown) finishedListeners.forEach((listener) => listener(job));
}

function stop(id: string): void {
  watchers.get(id)?.();
  watchers.delete(id);
}

/** A browser keeps six connections to a host, for all tabs together: streams must not take them up. */
let streaming: EventSource | null = null;

function stream(id: string, onBreak: () => void): () => void {
  const events = new EventSource(jobEventsUrl(id));
  streaming = events;
  const close = () => {
    events.close();
    if (streaming === events) streaming = null;
  };
  events.onmessage = (event: MessageEvent<string>) => update(JSON.parse(event.data) as Job); // the contract of the stream
  events.onerror = () => {
    close();
    onBreak();
  };
  return close;
}

function watch(id: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pollSoon = () => {
    timer = setTimeout(poll, POLL_MS);
  };
  let close: () => void = () => undefined;
  if (streaming) pollSoon();
  else close = stream(id, pollSoon);
  function poll(): void {
    getJob(id).then(
      (job) => {
        if (!watchers.has(id)) return;
        update(job);
        if (!isFinal(job.state)) timer = setTimeout(poll, POLL_MS);
      },
      () => {
        if (watchers.has(id)) timer = setTimeout(poll, 4 * POLL_MS);
      },
    );
  }
  return () => {
    close();
    clearTimeout(timer);
  };
}
