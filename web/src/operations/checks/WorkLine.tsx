/** How far a job of this page is, ending it, and why it failed. */
import { cancelJob } from "@/api/jobs";
import { progressText } from "@/jobs/JobRow";
import type { Work } from "@/operations/checks/useWork";
import { operations } from "@/text/operations";
import { Button } from "@/ui/Button";
import { Progress } from "@/ui/Progress";
import { reportError } from "@/ui/reportError";

const words = operations.checks;

export function WorkLine({ work: { job, isRunning }, label }: { work: Work; label: string }) {
  if (!job) return null;
  if (!isRunning) return job.error && <p className="field-error" role="alert">{words.failed(job.error.detail)}</p>;
  const { done, total } = job.progress;
  return (
    <div className="work-line">
      <Progress label={label} value={total ? done / total : null} />
      <span className="muted tabular">{`${label}: ${progressText(job)}`}</span>
      <Button variant="quiet" onPress={() => void cancelJob(job.id).catch(reportError)}>{words.cancel}</Button>
    </div>
  );
}
