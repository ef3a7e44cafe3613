/** Following the long work of the person: what runs when the page opens, what ends, what that changes. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { refreshDrive } from "@/api/cache";
import type { Job } from "@/api/types";
import { followRunningJobs, getJobs, onJobFinished, subscribeJobs } from "@/jobs/store";
import { text } from "@/text";
import { showToast } from "@/ui/toasts";

export function jobTitle(job: Job): string {
  return text.jobs.kinds[job.kind] ?? text.jobs.other;
}

/** What the header lists: of what the service does by itself only the failures. */
export function isListed(job: Pick<Job, "is_background" | "state">): boolean {
  return !job.is_background || job.state === "failed";
}

export function useJobList(): readonly Job[] {
  return useSyncExternalStore(subscribeJobs, getJobs);
}

export function useJobs(): void {
  const client = useQueryClient();

  useEffect(() => {
    const stop = new AbortController();
    // Work found late is shown late; the lists themselves tell what they hold.
    followRunningJobs(stop.signal).catch(() => undefined);
    return () => stop.abort();
  }, []);

  useEffect(
    () =>
      onJobFinished((job) => {
        void refreshDrive(client);
        // Nobody asked for it: its file tells what became of it.
        if (job.is_background) return;
        if (job.state === "failed") showToast(text.jobs.failed(jobTitle(job), job.error?.detail ?? ""), { tone: "error" });
        if (job.state === "cancelled") showToast(text.jobs.cancelled(jobTitle(job)));
      }),
    [client],
  );
}
