/** The button with its list. Loaded when there is work to show. */
import { Dialog, DialogTrigger, Heading, Popover } from "react-aria-components";
import { cancelJob, isFinal, retryJob } from "@/api/jobs";
import type { Job } from "@/api/types";
import { reportError } from "@/ui/reportError";
import { dismissJob, followJob } from "@/jobs/store";
import { jobTitle } from "@/jobs/useJobs";
import { text } from "@/text";
import { Button, IconButton } from "@/ui/Button";
import { formatBytes, formatCount } from "@/ui/format";
import { Progress } from "@/ui/Progress";
import "@/jobs/jobs.css";
import "@/ui/menu.css";

const words = text.jobs;

export default function JobsList({ jobs }: { jobs: readonly Job[] }) {
  return (
    <DialogTrigger>
      <IconButton icon="retry" className={jobs.some((job) => !isFinal(job.state)) ? "jobs-busy" : ""} label={words.label} />
      <Popover className="popover jobs" placement="bottom end" offset={6}>
        <Dialog className="jobs-dialog">
          <Heading slot="title">{words.title}</Heading>
          {jobs.length === 0 && <p className="muted">{words.none}</p>}
          <ul>
            {jobs.map((job) => (
              <JobRow key={job.id} job={job} />
            ))}
          </ul>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function amount(value: number, unit: Job["progress"]["unit"]): string {
  return unit === "bytes" ? formatBytes(value) : formatCount(value);
}

function progressText({ state, progress: { done, total, unit } }: Job): string {
  if (state === "queued") return words.queued;
  const share = total === null ? amount(done, unit) : `${amount(done, unit)} / ${amount(total, unit)}`;
  return unit === "bytes" ? share : `${share} ${words.units[unit]}`;
}

function JobRow({ job }: { job: Job }) {
  const { done, total, message } = job.progress;
  const failed = job.state === "failed";

  async function retry() {
    try {
      followJob(await retryJob(job.id));
    } catch (error) {
      reportError(error);
    }
  }

  return (
    <li className="job">
      <div className="job-head">
        <strong>{jobTitle(job)}</strong>
        {failed ? (
          <>
            <Button variant="quiet" onPress={() => void retry()}>{words.retry}</Button>
            <IconButton icon="close" size={16} className="small" label={text.dismiss} onPress={() => dismissJob(job.id)} />
          </>
        ) : (
          <Button variant="quiet" onPress={() => void cancelJob(job.id).catch(reportError)}>{words.cancel}</Button>
        )}
      </div>
      {message && <p className="muted truncate">{message}</p>}
      {!failed && <Progress label={jobTitle(job)} value={total ? done / total : null} />}
      <p className={failed ? "field-error" : "muted tabular"}>{failed ? job.error?.detail : progressText(job)}</p>
    </li>
  );
}
