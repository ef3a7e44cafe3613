/** One piece of long work: what it is, how far it is, why it failed; ending it, going on with it, trying again. */
import { useQuery } from "@tanstack/react-query";
import { cancelJob, goesOn, resumeJob, retryJob } from "@/api/jobs";
import { keys } from "@/api/keys";
import { getMedia, getShownJob, mayRetry } from "@/api/media";
import type { Job } from "@/api/types";
import { dismissJob, followJob } from "@/jobs/store";
import { jobTitle } from "@/jobs/useJobs";
import { text } from "@/text";
import { media as mediaWords } from "@/text/media";
import { Button, IconButton } from "@/ui/Button";
import { formatBytes, formatClock, formatCount } from "@/ui/format";
import { Progress } from "@/ui/Progress";
import { reportError } from "@/ui/reportError";
import { visible } from "@/ui/visible";
import "@/jobs/jobs.css";

const words = text.jobs;
const stageNames = mediaWords.stages;

interface JobRowProps {
  job: Job;
  /** In a list of all work: tells which file it is about, and can be taken off when it failed. */
  isListed?: boolean;
}

export function JobRow({ job, isListed = false }: JobRowProps) {
  const { done, total, message } = job.progress;
  const hasEnded = mayRetry(job.state);

  async function have(call: (id: string) => Promise<Job>) {
    try {
      followJob(await call(job.id));
    } catch (error) {
      reportError(error);
    }
  }

  return (
    <li className="job">
      <div className="job-head">
        <strong>{jobTitle(job)}</strong>
        {hasEnded ? (
          <>
            <Button variant="quiet" onPress={() => void have(retryJob)}>{words.retry}</Button>
            {isListed && <IconButton icon="close" size={16} className="small" label={text.dismiss} onPress={() => dismissJob(job.id)} />}
          </>
        ) : (
          <>
            {job.state === "paused" && <Button variant="quiet" onPress={() => void have(resumeJob)}>{words.resume}</Button>}
            <Button variant="quiet" onPress={() => void cancelJob(job.id).catch(reportError)}>{words.cancel}</Button>
          </>
        )}
      </div>
      {isListed && job.hash !== null && <About hash={job.hash} />}
      {hasEnded ? (
        <WhyEnded job={job} />
      ) : (
        <>
          {(total !== null || goesOn(job.state)) && <Progress label={jobTitle(job)} value={total ? done / total : null} />}
          <p className="job-progress muted tabular">
            <span>{progressText(job)}</span>
            {message && <span className="truncate">{stageNames[message] ?? message}</span>}
          </p>
        </>
      )}
    </li>
  );
}

/** The name of the file that media are made of. */
function About({ hash }: { hash: string }) {
  const { data } = useQuery({ queryKey: keys.media(hash), queryFn: ({ signal }) => getMedia(hash, signal), staleTime: 60_000, retry: false });
  const name = visible(data?.asset?.source?.split("/").at(-1) ?? "");
  return name && <p className="job-about muted truncate" title={name}>{name}</p>;
}

/** Of work on media each stage tells for itself, and what trying again would make. */
function WhyEnded({ job }: { job: Job }) {
  const { data } = useQuery({ queryKey: keys.job(job.id, job.state), queryFn: ({ signal }) => getShownJob(job.id, signal), enabled: job.hash !== null, retry: false });
  if (job.state === "cancelled") return <p className="muted">{words.wasCancelled}</p>;
  const failed = data?.media?.stages.filter((stage) => stage.status === "failed") ?? [];
  const again = data?.media?.retry_plan.stages ?? [];
  if (failed.length === 0) return <p className="field-error">{job.error?.detail}</p>;
  return (
    <>
      {failed.map((stage) => (
        <p key={stage.name} className="field-error">{mediaWords.stageFailed(stageNames[stage.name] ?? stage.name, stage.error?.detail ?? job.error?.detail ?? "")}</p>
      ))}
      {again.length > 0 && <p className="muted">{mediaWords.willRetry(again.map((name) => stageNames[name] ?? name))}</p>}
    </>
  );
}

function amount(value: number, unit: Job["progress"]["unit"]): string {
  if (unit === "bytes") return formatBytes(value);
  return unit === "seconds" ? formatClock(value) : formatCount(value);
}

export function progressText({ state, progress: { done, total, unit } }: Pick<Job, "state" | "progress">): string {
  if (state === "queued") return words.queued;
  const share = total === null ? amount(done, unit) : `${amount(done, unit)} / ${amount(total, unit)}`;
  const told = unit === "bytes" || unit === "seconds" ? share : `${share} ${words.units[unit]}`;
  return state === "paused" ? words.pausedAt(told) : told;
}
