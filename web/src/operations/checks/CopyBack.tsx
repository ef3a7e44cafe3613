/** Copying back from a replica what the repository store has lost: compared, counted, agreed to. */
import { useState } from "react";
import { copyReplica } from "@/api/operations";
import type { CopyReport } from "@/api/operations-types";
import { confirmRun } from "@/operations/checks/ConfirmRun";
import { Copied } from "@/operations/checks/Copied";
import { Numbers } from "@/operations/checks/Numbers";
import { useWork } from "@/operations/checks/useWork";
import { WorkLine } from "@/operations/checks/WorkLine";
import { checks as words } from "@/text/checks";
import { Button } from "@/ui/Button";
import { formatBytes } from "@/ui/format";

export function CopyBack({ id }: { id: string }) {
  const work = useWork();
  const report = (work.ended?.result ?? null) as CopyReport | null; // of a job of this kind

  function copy(replace: boolean) {
    work.start(() => copyReplica(id, { dryRun: false, back: true, replace }));
  }

  return (
    <details className="numbers">
      <summary>{words.back}</summary>
      <div className="check-outcome">
        <p className="muted">{words.backHint}</p>
        <WorkLine work={work} label={report ? words.copying : words.lookingBack} />
        {report && (report.dry_run ? <Lacking id={id} report={report} copy={copy} /> : <Copied report={report} />)}
        <Button icon="compare" isDisabled={work.isRunning} onPress={() => work.start(() => copyReplica(id, { dryRun: true, back: true }))}>
          {words.lookBack}
        </Button>
      </div>
    </details>
  );
}

interface LackingProps {
  id: string;
  report: CopyReport;
  copy: (replace: boolean) => void;
}

/** What the store lacks or has damaged, and what is another object there. */
function Lacking({ id, report, copy }: LackingProps) {
  const [isReplacing, setReplacing] = useState(false);
  const { missing, proved, unproved } = report;
  const lacking = missing + proved;
  const lackingBytes = report.missing_bytes + report.proved_bytes;
  const differing = report.older + report.different - proved - unproved;
  const amount = isReplacing ? lacking + differing : lacking;
  const size = formatBytes(isReplacing ? report.missing_bytes + report.changed_bytes : lackingBytes);

  async function confirm() {
    const isAgreed = await confirmRun({
      title: words.backTitle(id),
      body: isReplacing ? words.replaceBody(lacking, differing) : words.backBody(lacking, size),
      action: isReplacing ? words.overwriteNow : words.backNow,
      isDangerous: isReplacing,
    });
    if (isAgreed) copy(isReplacing);
  }

  if (lacking + differing + unproved === 0) return <p role="status">{words.nothingBack}</p>;
  return (
    <>
      <Numbers
        figures={[
          { title: words.storeMissing, hint: words.storeMissingHint, value: missing },
          { title: words.storeDamaged, hint: words.storeDamagedHint, value: proved },
          { title: words.storeDiffers, hint: words.storeDiffersHint, value: differing },
        ]}
      />
      {unproved > 0 && <p>{words.unproved(unproved)}</p>}
      {differing > 0 && (
        <label className="checkbox">
          <input type="checkbox" checked={isReplacing} onChange={(event) => setReplacing(event.target.checked)} />
          {words.replaceToo(differing)}
        </label>
      )}
      {amount > 0 && <Button variant={isReplacing ? "danger" : "primary"} onPress={() => void confirm()}>{words.copyBack(amount, size)}</Button>}
    </>
  );
}
