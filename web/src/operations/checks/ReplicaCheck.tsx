/** One replica: how far it is behind, and copying what it lacks. */
import { copyReplica } from "@/api/operations";
import type { CopyReport, Replica } from "@/api/operations-types";
import { When } from "@/drive/view/cells";
import { confirmRun } from "@/operations/checks/ConfirmRun";
import { Copied } from "@/operations/checks/Copied";
import { CopyBack } from "@/operations/checks/CopyBack";
import { Numbers } from "@/operations/checks/Numbers";
import { useWork } from "@/operations/checks/useWork";
import { WorkLine } from "@/operations/checks/WorkLine";
import { checks as words } from "@/text/checks";
import { Button } from "@/ui/Button";
import { formatBytes, formatDuration } from "@/ui/format";

export function ReplicaCheck({ replica: { id, region, bucket, state, failure } }: { replica: Replica }) {
  const work = useWork();
  const behind = state ? state.missing + state.older + state.different : 0;
  const report = (work.ended?.result ?? null) as CopyReport | null; // of a job of this kind
  const missing = formatBytes(state?.missing_bytes ?? 0);

  async function copy() {
    const isAgreed = await confirmRun({ title: words.copyTitle(id), body: words.copyBody(behind, missing), action: words.copyNow });
    if (isAgreed) work.start(() => copyReplica(id, { dryRun: false }));
  }

  return (
    <li className="store-check">
      <header>
        <div>
          <h3>
            {id} <span className="mark">{region}</span>
          </h3>
          <p className="muted tabular">
            {bucket}
            {state ? <> · <When time={state.compared_at} /> · {words.compared(state.objects, formatBytes(state.bytes))} · {behind > 0 ? `${words.lag} ${formatDuration(state.lag_seconds)}` : words.upToDate}</> : ` · ${words.never}`}
          </p>
          {failure && <p className="field-error"><When time={failure.failed_at} /> · {words.notCompared(failure.detail)}</p>}
        </div>
        <div className="check-actions">
          {behind > 0 && <Button isDisabled={work.isRunning} onPress={() => void copy()}>{words.copy(behind, missing)}</Button>}
          <Button icon="compare" isDisabled={work.isRunning} aria-label={words.compareLabel(id)} onPress={() => work.start(() => copyReplica(id, { dryRun: true }))}>
            {state ? words.compareAgain : words.compare}
          </Button>
        </div>
      </header>
      <WorkLine work={work} label={words.running} />
      {report && !report.dry_run && <Copied report={report} />}
      {state && (
        <Numbers
          figures={[
            { title: words.missing, hint: words.replicaMissingHint, value: state.missing },
            { title: words.older, hint: words.olderHint, value: state.older },
            { title: words.different, hint: words.differentHint, value: state.different },
            { title: words.extra, hint: words.extraHint, value: state.extra, isBad: false },
          ]}
        />
      )}
      <CopyBack id={id} />
    </li>
  );
}
