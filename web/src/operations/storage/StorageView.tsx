/** What is stored over time, by store, kind, class, repository or tenant. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { keys } from "@/api/keys";
import { getGrowth } from "@/api/operations";
import type { GrowthBy, GrowthPoint } from "@/api/operations-types";
import { Chart } from "@/operations/charts/Chart";
import { hue } from "@/operations/charts/colours";
import { changeOver, timeline } from "@/operations/charts/series";
import { formatBytesChange } from "@/operations/format";
import { className, kindName, storeName } from "@/operations/names";
import { Bones, Choice, Failed, Panel, Share } from "@/operations/Panel";
import { operations } from "@/text/operations";
import { formatBytes, formatCount, formatExactBytes } from "@/ui/format";

const words = operations.storage;
const BY = (["store", "kind", "class", "repo", "tenant"] as const).map((value) => ({ value, label: words.views[value] }));
const SPANS = [30, 90, 365].map((value) => ({ value, label: words.spans[value] ?? "" }));
const NAMES: Record<GrowthBy, (name: string) => string> = { store: storeName, kind: kindName, class: className, repo: kindName, tenant: kindName };
const HINTS: Partial<Record<GrowthBy, string>> = { class: words.classHint, repo: words.repoHint };

export default function StorageView() {
  const [by, setBy] = useState<GrowthBy>("store");
  const [days, setDays] = useState(90);
  const growth = useQuery({
    queryKey: keys.growth(by, days),
    queryFn: async ({ signal }) => ({ by, days, items: (await getGrowth(by, days, signal)).items }),
    placeholderData: keepPreviousData,
  });
  const line = useMemo(() => timeline(growth.data?.items ?? []), [growth.data]);

  if (growth.error) return <Failed error={growth.error} retry={() => void growth.refetch()} />;
  // What is on show keeps its own names until the next has come.
  const shown = growth.data?.by ?? by;
  return (
    <div className="panels">
      <div className="view-controls wide">
        <Choice label={words.by} value={by} options={BY} onChange={setBy} />
        <Choice label={words.days} value={days} options={SPANS} onChange={setDays} />
      </div>
      <Panel title={words.chart} {...(HINTS[shown] ? { hint: HINTS[shown] } : {})} className="wide">
        {growth.data ? <Chart label={`${words.chart}, ${words.views[shown]}`} line={line} format={formatBytes} nameOf={NAMES[shown]} /> : <Bones height={320} />}
      </Panel>
      <Panel title={words.latest} className="wide">
        {growth.data ? <Latest items={growth.data.items} nameOf={NAMES[shown]} colours={line.series.map(({ name }) => name)} /> : <Bones />}
      </Panel>
    </div>
  );
}

interface LatestProps {
  items: readonly GrowthPoint[];
  nameOf: (name: string) => string;
  /** The names in the order of their colours. */
  colours: readonly string[];
}

function Latest({ items, nameOf, colours }: LatestProps) {
  const last = items.at(-1)?.day;
  const now = items.filter(({ day }) => day === last).sort((a, b) => b.bytes - a.bytes);
  const all = now.reduce((sum, { bytes }) => sum + bytes, 0);
  const inOthers = colours.length - 1;
  if (now.length === 0) return <p className="muted">{operations.chart.nothing}</p>;
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{words.name}</th>
          <th scope="col" className="number not-narrow">{operations.overview.objectsColumn}</th>
          <th scope="col" className="number">{operations.overview.size}</th>
          <th scope="col" className="number">{words.change}</th>
          <th scope="col" className="not-narrow">{operations.overview.share}</th>
        </tr>
      </thead>
      <tbody>
        {now.map(({ name, objects, bytes }) => {
          const change = changeOver(timeline(items.filter((point) => point.name === name)), Infinity);
          const place = colours.indexOf(name);
          return (
            <tr key={name}>
              <th scope="row">{nameOf(name)}</th>
              <td className="number not-narrow">{formatCount(objects)}</td>
              <td className="number" title={formatExactBytes(bytes)}>{formatBytes(bytes)}</td>
              <td className="number">{change ? formatBytesChange(change.difference) : "–"}</td>
              <td className="not-narrow"><Share of={bytes} whole={all} colour={hue(place < 0 ? inOthers : place)} /></td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
