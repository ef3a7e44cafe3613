/** The work of everybody: what waits, runs, is paused and ended. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { listAllJobs } from "@/api/operations";
import type { JobState } from "@/api/types";
import { JobItem } from "@/operations/jobs/JobItem";
import { Bones, Choice, Failed } from "@/operations/Panel";
import { operations } from "@/text/operations";
import { Button } from "@/ui/Button";
import { Message } from "@/ui/Message";
import "@/operations/jobs/jobs-view.css";

const words = operations.jobs;
const REFRESH_MS = 5_000;
const STATES = (["all", "running", "queued", "paused", "failed", "succeeded", "cancelled"] as const).map((value) => ({ value, label: value === "all" ? words.all : words.states[value] }));

export default function JobsView() {
  const [state, setState] = useState<JobState | "all">("all");
  const wanted = state === "all" ? null : state;
  const jobs = useInfiniteQuery({
    queryKey: keys.allJobs(wanted),
    queryFn: ({ pageParam, signal }) => listAllJobs(wanted, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: REFRESH_MS,
  });
  const items = jobs.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <div className="panels">
      <div className="view-controls wide">
        <Choice label={words.state} value={state} options={STATES} onChange={setState} />
        <p className="muted">{words.hint}</p>
      </div>
      <div className="wide">
        {jobs.error && items.length === 0 ? (
          <Failed error={jobs.error} retry={() => void jobs.refetch()} />
        ) : jobs.isPending ? (
          <Bones height={420} />
        ) : items.length === 0 ? (
          <Message icon="check" title={words.none} hint={words.noneHint} />
        ) : (
          <ul className="all-jobs" aria-label={words.list}>
            {items.map((job) => <JobItem key={job.id} job={job} />)}
          </ul>
        )}
        {jobs.hasNextPage && <Button className="more-jobs" isDisabled={jobs.isFetchingNextPage} onPress={() => void jobs.fetchNextPage()}>{words.more}</Button>}
      </div>
    </div>
  );
}
