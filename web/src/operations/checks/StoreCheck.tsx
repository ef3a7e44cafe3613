/** One store against the database: compare, read the numbers, repair, read the report. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { messageOf } from "@/api/problem";
import { getFindings, startReconciliation } from "@/api/operations";
import type { Finding, Reconciliation, StoreName } from "@/api/operations-types";
import { When } from "@/drive/view/cells";
import { confirmRun } from "@/operations/checks/ConfirmRun";
import { Numbers } from "@/operations/checks/Numbers";
import { useWork } from "@/operations/checks/useWork";
import { WorkLine } from "@/operations/checks/WorkLine";
import { storeName } from "@/operations/names";
import { text } from "@/text";
import { checks as words } from "@/text/checks";
import { Button } from "@/ui/Button";
import { formatBytes } from "@/ui/format";
import { visible } from "@/ui/visible";

export function StoreCheck({ store, last }: { store: StoreName; last: Reconciliation | undefined }) {
  const work = useWork();
  const name = storeName(store);
  const open = last ? last.orphans + last.missing + last.wrong_sizes - last.repaired : 0;

  async function repair() {
    const isAgreed = await confirmRun({ title: words.repairTitle(name), body: words.repairBody(open), action: words.repairNow });
    if (isAgreed) work.start(() => startReconciliation(store, true));
  }

  return (
    <li className="store-check">
      <header>
        <div>
          <h3>{name}</h3>
          <p className="muted tabular">{last ? <About report={last} isRunning={work.isRunning} /> : words.never}</p>
        </div>
        <div className="check-actions">
          {last?.finished_at && open > 0 && <Button isDisabled={work.isRunning} onPress={() => void repair()}>{words.repair(open)}</Button>}
          <Button icon="compare" isDisabled={work.isRunning} aria-label={words.compareLabel(name)} onPress={() => work.start(() => startReconciliation(store, false))}>
            {last ? words.compareAgain : words.compare}
          </Button>
        </div>
      </header>
      <WorkLine work={work} label={words.running} />
      {last && <Report report={last} />}
    </li>
  );
}

function About({ report, isRunning }: { report: Reconciliation; isRunning: boolean }) {
  if (report.finished_at === null && !isRunning) return words.interrupted;
  return (
    <>
      <When time={report.finished_at ?? report.started_at} />
      {` · ${words.compared(report.objects, formatBytes(report.bytes))}`}
      {report.repair && ` · ${words.repairedRun}`}
    </>
  );
}

function Report({ report }: { report: Reconciliation }) {
  const [isOpen, setOpen] = useState(false);
  const found = report.orphans + report.missing + report.wrong_sizes;
  return (
    <>
      <Numbers
        figures={[
          { title: words.orphans, hint: words.orphansHint, value: report.orphans },
          { title: words.missing, hint: words.missingHint, value: report.missing },
          { title: words.wrongSizes, hint: words.wrongSizesHint, value: report.wrong_sizes },
          ...(report.repair ? [{ title: words.repaired, hint: words.repairedHint, value: report.repaired, isBad: false }] : []),
        ]}
      />
      {found > 0 && (
        <details className="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{words.showFindings(found)}</summary>
          {isOpen && <Findings report={report} found={found} />}
        </details>
      )}
    </>
  );
}

function Findings({ report, found }: { report: Reconciliation; found: number }) {
  const { data, error } = useQuery({ queryKey: keys.findings(report.id), queryFn: ({ signal }) => getFindings(report.id, signal) });
  if (error) return <p className="field-error">{messageOf(error)}</p>;
  if (!data) return <p className="muted">{text.loading}</p>;
  return (
    <>
      {data.length < found && <p className="muted">{words.firstOnly(data.length)}</p>}
      <div className="table-scroll" tabIndex={0} role="region" aria-label={words.findings}>
        <table className="table findings">
          <thead>
            <tr>
              <th scope="col">{words.kind}</th>
              <th scope="col">{words.key}</th>
              <th scope="col">{words.sizes}</th>
              <th scope="col">{words.fix}</th>
            </tr>
          </thead>
          <tbody>
            {data.map((each) => (
              <tr key={each.key}>
                <td><span className="mark changed">{words.kinds[each.kind]}</span></td>
                <th scope="row" className="mono">{visible(each.key)}</th>
                <td className="tabular">{sizes(each)}</td>
                <td>{each.repair ?? each.fix}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function sizes({ size, expected }: Finding): string {
  if (size !== null && expected !== null) return words.sizeOf(formatBytes(size), formatBytes(expected));
  const known = size ?? expected;
  return known === null ? "–" : formatBytes(known);
}
