/** A job that was started here, followed until it ends. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { getJob, isFinal } from "@/api/jobs";
import { keys } from "@/api/keys";
import type { Job } from "@/api/types";
import { reportError } from "@/ui/reportError";

const POLL_MS = 1_000;

/** A job of this page, as it is shown while it runs and when it failed. */
export interface Shown {
  /** The job that runs, or the last one that ended otherwise than well. */
  job: Job | null;
  isRunning: boolean;
}

export interface Work extends Shown {
  /** The last one, if it ended well. */
  ended: Job | null;
  start: (call: () => Promise<Job>) => void;
  /** Shows nothing of the last one any more. */
  clear: () => void;
}

export function useWork(): Work {
  const client = useQueryClient();
  const [started, setStarted] = useState<Job | null>(null);
  const id = started?.id ?? "";
  const { data } = useQuery({
    queryKey: keys.job(id, "followed"),
    queryFn: () => getJob(id),
    enabled: started !== null,
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.state) ? false : POLL_MS),
  });
  const job = started && (data ?? started);
  const hasEnded = job !== null && isFinal(job.state);
  useEffect(() => {
    if (hasEnded) void client.invalidateQueries({ queryKey: keys.operations });
  }, [client, hasEnded, id]);

  const start = (call: () => Promise<Job>) => void call().then(setStarted, reportError);
  return { ...shownOf(job), ended: job?.state === "succeeded" ? job : null, start, clear: () => setStarted(null) };
}

export function shownOf(job: Job | null): Shown {
  return { job: job?.state === "succeeded" ? null : job, isRunning: job !== null && !isFinal(job.state) };
}
