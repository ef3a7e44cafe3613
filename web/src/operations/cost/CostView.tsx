/** What storage costs: the bill, what would become of it, where it goes, and what content of a size takes. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { getCost } from "@/api/operations";
import type { Cost, CostBy } from "@/api/operations-types";
import { BillLines } from "@/operations/cost/BillLines";
import { CapacityPanel } from "@/operations/cost/CapacityPanel";
import { ForecastPanel } from "@/operations/cost/ForecastPanel";
import { colder } from "@/operations/cost/whatIf";
import { WhatIfPanel } from "@/operations/cost/WhatIfPanel";
import { formatDay, formatMoney } from "@/operations/format";
import { className, kindName, storeName } from "@/operations/names";
import { Bones, Choice, Failed, Panel, Share } from "@/operations/Panel";
import { operations } from "@/text/operations";
import { formatBytes, formatExactTime } from "@/ui/format";

const words = operations.cost;
const BY = (["kind", "class", "repo", "tenant"] as const).map((value) => ({ value, label: words.views[value] }));

export default function CostView() {
  const [by, setBy] = useState<CostBy>("kind");
  const cost = useQuery({ queryKey: keys.cost(by), queryFn: ({ signal }) => getCost(by, {}, signal), placeholderData: keepPreviousData });

  if (!cost.data) {
    return cost.error ? <Failed error={cost.error} retry={() => void cost.refetch()} /> : <Bones height={420} />;
  }
  return (
    <div className="panels">
      <Panel title={words.title} hint={operations.countedAt(formatExactTime(cost.data.counted_at))} controls={<Choice label={words.by} value={by} options={BY} onChange={setBy} />} className="wide">
        <Groups cost={cost.data} />
      </Panel>
      <Panel title={words.whatIf} hint={words.whatIfHint} className="wide">
        <WhatIfPanel currency={cost.data.currency} classes={colder(cost.data.tables.find(({ store }) => store === "repository")?.classes ?? [])} />
      </Panel>
      <ForecastPanel />
      <Panel title={words.bill} hint={words.billHint} className="wide">
        <BillLines lines={cost.data.lines} total={cost.data.total} currency={cost.data.currency} />
        <Prices cost={cost.data} />
      </Panel>
      <CapacityPanel />
    </div>
  );
}

function Groups({ cost: { groups, total, currency } }: { cost: Cost }) {
  return (
    <div className="bill">
      <p className="bill-total tabular">{formatMoney(total, currency)}</p>
      <table className="table">
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{words.what}</th>
            <th scope="col">{operations.overview.size}</th>
            <th scope="col">{words.amount}</th>
            <th scope="col">{operations.overview.share}</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ name, bytes, amount, is_estimate: isEstimate }) => (
            <tr key={name}>
              <th scope="row">
                {className(kindName(name))} {isEstimate && <span className="mark">{words.estimate}</span>}
              </th>
              <td className="number muted not-narrow">{bytes > 0 ? formatBytes(bytes) : ""}</td>
              <td className="number">{formatMoney(amount, currency)}</td>
              <td><Share of={amount} whole={total} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Prices({ cost: { tables, notes } }: { cost: Cost }) {
  return (
    <ul className="footnotes">
      {tables.map(({ store, table, as_of: asOf, source }) => (
        <li key={store}>
          {storeName(store)}: {/^https?:/.test(source) ? <a href={source} target="_blank" rel="noreferrer">{words.pricesOf(table, formatDay(asOf, true))}</a> : words.pricesOf(table, formatDay(asOf, true))}
        </li>
      ))}
      {notes.map((note) => <li key={note}>{note}</li>)}
    </ul>
  );
}
