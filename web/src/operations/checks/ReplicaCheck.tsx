/** One replica: how far it is behind, and copying what it lacks. */
import { backfillReplica } from "@/api/operations";
import type { Replica } from "@/api/operations-types";
import { When } from "@/drive/view/cells";
import { confirmRun } from "@/operations/checks/ConfirmRun";
import { Numbers } from "@/operations/checks/Numbers";
import { useWork } from "@/operations/checks/useWork";
import { WorkLine } from "@/operations/checks/WorkLine";
import { operations } from "@/text/operations";
import { Button } from "@/ui/Button";
import { formatBytes, formatDuration } from "@/ui/format";

const words = operations.checks;

export function ReplicaCheck({ replica: { id, region, bucket, state } }: { replica: Replica }) {
  const work = useWork();
  const behind = state ? state.missing + state.older + state.different : 0;
  const missing = formatBytes(state?.missing_bytes ?? 0);

  async function copy() {
    const isAgreed = await confirmRun({ title: words.copyTitle(id), body: words.copyBody(behind, missing), action: words.copyNow });
    if (isAgreed) work.start(() => backfillReplica(id, false));
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
        </div>
        <div className="check-actions">
          {behind > 0 && <Button isDisabled={work.isRunning} onPress={() => void copy()}>{words.copy(behind, missing)}</Button>}
          <Button icon="compare" isDisabled={work.isRunning} aria-label={words.compareLabel(id)} onPress={() => work.start(() => backfillReplica(id, true))}>
            {state ? words.compareAgain : words.compare}
          </Button>
        </div>
      </header>
      <WorkLine work={work} label={words.running} />
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
    </li>
  );
}
