/** The work on one file: what goes on, and what failed last. */
import { useEffect, useMemo } from "react";
import { isFinal } from "@/api/jobs";
import { mayRetry } from "@/api/media";
import type { Job } from "@/api/types";
import { JobRow } from "@/jobs/JobRow";
import { followJob } from "@/jobs/store";
import { useJobList } from "@/jobs/useJobs";

/** The work that is shown for a hash, as it goes on. */
export function useMediaJobs(hash: string, jobs: readonly Job[]): Job[] {
  const followed = useJobList();
  useEffect(() => jobs.filter((job) => !isFinal(job.state)).forEach(followJob), [jobs]);
  return useMemo(() => jobsToShow(jobs, followed.filter((job) => job.hash === hash)), [jobs, followed, hash]);
}

export function MediaJobs({ jobs }: { jobs: readonly Job[] }) {
  if (jobs.length === 0) return null;
  return (
    <ul className="media-jobs">
      {jobs.map((job) => (
        <JobRow key={job.id} job={job} />
      ))}
    </ul>
  );
}

/** Return what runs, and of each kind of work the newest if that failed. What is followed is newer than what was listed. */
export function jobsToShow(listed: readonly Job[], followed: readonly Job[]): Job[] {
  const newest = new Map([...listed, ...followed].map((job) => [job.id, job]));
  const byTime = [...newest.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
  const kinds = new Set<string>();
  return byTime.filter((job) => {
    const isNewest = !kinds.has(job.kind);
    kinds.add(job.kind);
    return !isFinal(job.state) || (isNewest && mayRetry(job.state));
  });
}
