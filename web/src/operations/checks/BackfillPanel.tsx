/** Objects that the drive does not know: looked for, counted, and brought in. */
import { useState } from "react";
import { backfillDrive } from "@/api/operations";
import type { BackfillReport } from "@/api/operations-types";
import { confirmRun } from "@/operations/checks/ConfirmRun";
import { Numbers } from "@/operations/checks/Numbers";
import { useWork } from "@/operations/checks/useWork";
import { WorkLine } from "@/operations/checks/WorkLine";
import { Panel } from "@/operations/Panel";
import { backfill as words } from "@/text/checks";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/TextField";
import { visible } from "@/ui/visible";

export function BackfillPanel() {
  const [prefix, setPrefix] = useState("");
  // What was looked at, whatever is written into the field meanwhile.
  const [looked, setLooked] = useState("");
  const work = useWork();
  const report = (work.ended?.result ?? null) as BackfillReport | null; // of a job of this kind
  const wouldMake = report?.dry_run ? report.files_created + report.folders_created : 0;

  function look() {
    setLooked(prefix);
    work.start(() => backfillDrive(prefix, true));
  }

  async function bringIn({ files_created: files, folders_created: folders }: BackfillReport) {
    const isAgreed = await confirmRun({ title: words.confirmTitle, body: words.confirmBody(files, folders), action: words.confirmNow });
    if (isAgreed) work.start(() => backfillDrive(looked, false));
  }

  return (
    <Panel title={words.title} hint={words.hint} className="wide">
      <form
        className="check-form"
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <TextField label={words.prefix} value={prefix} onChange={setPrefix} placeholder={words.prefixHint} />
        <Button icon="compare" type="submit" isDisabled={work.isRunning}>{report ? words.lookAgain : words.look}</Button>
      </form>
      <WorkLine work={work} label={words.running} />
      {report && (
        <div className="check-outcome">
          <Counted report={report} />
          {wouldMake > 0 ? (
            <Button variant="primary" onPress={() => void bringIn(report)}>{words.bring(report.files_created)}</Button>
          ) : (
            report.dry_run && report.errors.length === 0 && <p className="muted">{words.nothing}</p>
          )}
        </div>
      )}
    </Panel>
  );
}

function Counted({ report: { dry_run: isDry, errors, ...report } }: { report: BackfillReport }) {
  return (
    <>
      <div role="status">
        <Numbers
          figures={[
            { title: words.scanned, hint: words.scannedHint, value: report.scanned, isBad: false },
            { title: words.known, hint: words.knownHint, value: report.already_registered, isBad: false },
            { title: isDry ? words.files : words.filesMade, hint: words.filesHint, value: report.files_created, isBad: false },
            { title: isDry ? words.folders : words.foldersMade, hint: words.foldersHint, value: report.folders_created, isBad: false },
            { title: words.errors, hint: words.errorsHint, value: errors.length },
          ]}
        />
      </div>
      {errors.length > 0 && (
        <details className="numbers">
          <summary>{words.showErrors(errors.length)}</summary>
          <ul className="plain-list mono" tabIndex={0} aria-label={words.errorList}>
            {errors.map((each) => <li key={each}>{visible(each)}</li>)}
          </ul>
        </details>
      )}
    </>
  );
}
