/** One job: what it is, how it is, and what may be done about it. */
import { useQueryClient } from "@tanstack/react-query";
import { cancelJob, isFinal, pauseJob, resumeJob, retryJob } from "@/api/jobs";
import { keys } from "@/api/keys";
import { mayRetry } from "@/api/media";
import type { Job } from "@/api/types";
import { When } from "@/drive/view/cells";
import { jobTitle } from "@/jobs/useJobs";
import { progressText } from "@/jobs/JobRow";
import { JobLog } from "@/operations/jobs/JobLog";
import { text } from "@/text";
import { media } from "@/text/media";
import { operations } from "@/text/operations";
import { IconButton } from "@/ui/Button";
import { formatDuration } from "@/ui/format";
import { Progress } from "@/ui/Progress";
import { reportError } from "@/ui/reportError";
import { showToast } from "@/ui/toasts";
import { visible } from "@/ui/visible";

const words = operations.jobs;
const stageNames = media.stages;

export function JobItem({ job }: { job: Job }) {
  const name = nameOf(job);
  const { done, total, message } = job.progress;
  const isUnderWay = job.state === "running" || job.state === "paused";
  return (
    <li>
      <span className={`state ${job.state}`}>{job.stopping ? words.stopping[job.stopping] : words.states[job.state]}</span>
      <div className="all-jobs-what">
        <strong>{name}</strong>
        <span className="muted tabular">
          <When time={job.created_at} />
          {[took(job), job.attempts > 0 && words.attempts(job.attempts), job.is_background && words.background].filter(Boolean).map((fact) => ` · ${fact}`)}
        </span>
        {isUnderWay && (
          <div className="all-jobs-progress">
            {(total !== null || job.state === "running") && <Progress label={name} value={total ? done / total : null} />}
            <span className="muted tabular">{[progressText(job), message && (stageNames[message] ?? message)].filter(Boolean).join(" · ")}</span>
          </div>
        )}
        {job.error && <p className={job.state === "failed" ? "field-error" : "muted"}>{visible(job.error.detail || job.error.code)}</p>}
      </div>
      <Actions job={job} name={name} />
      <div className="all-jobs-more">
        <JobLog job={job} name={name} />
        <Details job={job} />
      </div>
    </li>
  );
}

function nameOf(job: Job): string {
  return words.kinds[job.kind] ?? (job.kind in text.jobs.kinds ? jobTitle(job) : job.kind);
}

function Actions({ job, name }: { job: Job; name: string }) {
  const client = useQueryClient();
  const act = async (call: (id: string) => Promise<unknown>, said: string) => {
    try {
      await call(job.id);
      showToast(said);
    } catch (error) {
      reportError(error);
    }
    await client.invalidateQueries({ queryKey: keys.operations });
  };
  const isPaused = job.state === "paused" || job.stopping === "paused";
  const mayPause = !isFinal(job.state) && job.stopping !== "cancelled";
  return (
    <div className="all-jobs-actions">
      {mayRetry(job.state) && <IconButton icon="retry" label={words.retry(name)} onPress={() => void act(retryJob, words.retried(name))} />}
      {mayPause && isPaused && <IconButton icon="play" label={words.resume(name)} onPress={() => void act(resumeJob, words.resumed(name))} />}
      {mayPause && !isPaused && <IconButton icon="pause" label={words.pause(name)} onPress={() => void act(pauseJob, words.paused(name))} />}
      {mayPause && <IconButton icon="close" label={words.cancel(name)} onPress={() => void act(cancelJob, words.cancelled(name))} />}
    </div>
  );
}

/** What a job says of itself, word for word. */
function Details({ job }: { job: Job }) {
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
