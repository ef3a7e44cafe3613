/** The work of everybody: what waits, runs and ended, trying again and ending it. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { cancelJob, isFinal, retryJob } from "@/api/jobs";
import { keys } from "@/api/keys";
import { mayRetry } from "@/api/media";
import { listAllJobs } from "@/api/operations";
import type { Job, JobState } from "@/api/types";
import { When } from "@/drive/view/cells";
import { jobTitle } from "@/jobs/useJobs";
import { progressText } from "@/jobs/JobRow";
import { Bones, Choice, Failed } from "@/operations/Panel";
import { text } from "@/text";
import { operations } from "@/text/operations";
import { Button, IconButton } from "@/ui/Button";
import { formatDuration } from "@/ui/format";
import { Message } from "@/ui/Message";
import { Progress } from "@/ui/Progress";
import { reportError } from "@/ui/reportError";
import { showToast } from "@/ui/toasts";
import { visible } from "@/ui/visible";
import "@/operations/jobs/jobs-view.css";

const words = operations.jobs;
const REFRESH_MS = 5_000;
const STATES = (["all", "running", "queued", "failed", "succeeded", "cancelled"] as const).map((value) => ({ value, label: value === "all" ? words.all : words.states[value] }));

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
            {items.map((job) => <Row key={job.id} job={job} />)}
          </ul>
        )}
        {jobs.hasNextPage && <Button className="more-jobs" isDisabled={jobs.isFetchingNextPage} onPress={() => void jobs.fetchNextPage()}>{words.more}</Button>}
      </div>
    </div>
  );
}

function nameOf(job: Job): string {
  return words.kinds[job.kind] ?? (job.kind in text.jobs.kinds ? jobTitle(job) : job.kind);
}

function Row({ job }: { job: Job }) {
  const client = useQueryClient();
  const name = nameOf(job);
  const act = async (call: () => Promise<unknown>, said: string) => {
    try {
      await call();
      showToast(said);
    } catch (error) {
      reportError(error);
    }
    await client.invalidateQueries({ queryKey: keys.operations });
  };
  const { done, total, message } = job.progress;
  return (
    <li>
      <span className={`state ${job.state}`}>{words.states[job.state]}</span>
      <div className="all-jobs-what">
        <strong>{name}</strong>
        <span className="muted tabular">
          <When time={job.created_at} />
          {[took(job), job.attempts > 0 && words.attempts(job.attempts), job.is_background && words.background].filter(Boolean).map((fact) => ` · ${fact}`)}
        </span>
        {job.state === "running" && (
          <div className="all-jobs-progress">
            <Progress label={name} value={total ? done / total : null} />
            <span className="muted tabular">{[progressText(job), message].filter(Boolean).join(" · ")}</span>
          </div>
        )}
        {job.error && <p className={job.state === "failed" ? "field-error" : "muted"}>{visible(job.error.detail || job.error.code)}</p>}
        <Log job={job} />
      </div>
      {mayRetry(job.state) ? (
        <IconButton icon="retry" label={words.retry(name)} onPress={() => void act(() => retryJob(job.id), words.retried(name))} />
      ) : (
        !isFinal(job.state) && <IconButton icon="close" label={words.cancel(name)} onPress={() => void act(() => cancelJob(job.id), words.cancelled(name))} />
      )}
    </li>
  );
}

/** What a job says of itself, word for word. */
function Log({ job }: { job: Job }) {
  return (
    <details className="numbers">
      <summary>{words.about(job.id.slice(0, 8))}</summary>
      <pre tabIndex={0} aria-label={words.about(job.id)}>{JSON.stringify(job, null, 2)}</pre>
    </details>
  );
}

function took({ started_at: started, finished_at: finished }: Job): string | null {
  if (started === null || finished === null) return null;
  return formatDuration((Date.parse(finished) - Date.parse(started)) / 1000);
}
