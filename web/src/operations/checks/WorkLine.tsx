/** How far a job of this page is, ending it, and why it failed. */
import { cancelJob } from "@/api/jobs";
import { progressText } from "@/jobs/JobRow";
import type { Shown } from "@/operations/checks/useWork";
import { checks as words } from "@/text/checks";
import { Button } from "@/ui/Button";
import { Progress } from "@/ui/Progress";
import { reportError } from "@/ui/reportError";

interface WorkLineProps {
  work: Shown;
  label: string;
  /** What is told instead of its numbers. */
  told?: string;
}

export function WorkLine({ work: { job, isRunning }, label, told }: WorkLineProps) {
  if (!job) return null;
  if (!isRunning) {
    if (job.state === "cancelled") return <p className="muted">{words.wasCancelled}</p>;
    return job.error && <p className="field-error" role="alert">{words.failed(job.error.detail)}</p>;
  }
  const { done, total } = job.progress;
  return (
    <div className="work-line">
      <Progress label={label} value={total ? done / total : null} />
      <span className="muted tabular">{`${label}: ${told ?? progressText(job)}`}</span>
      <Button variant="quiet" onPress={() => void cancelJob(job.id).catch(reportError)}>{words.cancel}</Button>
    </div>
  );
}
