/** The whole service at a glance. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { keys } from "@/api/keys";
import { messageOf } from "@/api/problem";
import { getCost, getGrowth, getOverview } from "@/api/operations";
import type { Cost, Growth, Overview } from "@/api/operations-types";
import { Chart } from "@/operations/charts/Chart";
import { changeOver, timeline, totals } from "@/operations/charts/series";
import { formatBytesChange, formatMoney } from "@/operations/format";
import { Durability } from "@/operations/overview/Durability";
import { Health } from "@/operations/overview/Health";
import { Kinds } from "@/operations/overview/Kinds";
import { Queues, Tasks } from "@/operations/overview/Queues";
import { Bones, Failed, Panel, Tile } from "@/operations/Panel";
import { kindName, storeName, storeOf } from "@/operations/names";
import { operations } from "@/text/operations";
import { formatBytes, formatCount } from "@/ui/format";

const words = operations.overview;
const REFRESH_MS = 10_000;
const DAYS = 90;
const MONTH = 30;

export default function OverviewView() {
  const overview = useQuery({ queryKey: keys.overview, queryFn: ({ signal }) => getOverview(signal), refetchInterval: REFRESH_MS, placeholderData: keepPreviousData });
  const growth = useQuery({ queryKey: keys.growth("kind", DAYS), queryFn: ({ signal }) => getGrowth("kind", DAYS, signal) });
  const cost = useQuery({ queryKey: keys.cost("kind"), queryFn: ({ signal }) => getCost("kind", {}, signal) });
  const stores = useMemo(() => timeline((growth.data?.items ?? []).map((point) => ({ ...point, name: storeOf(point.name) }))), [growth.data]);

  if (!overview.data) {
    return overview.error ? <Failed error={overview.error} retry={() => void overview.refetch()} /> : <Bones height={420} />;
  }
  return (
    <div className="panels">
      <Health overview={overview.data} />
      <Figures overview={overview.data} growth={growth.data} cost={cost.data} costError={cost.error} />
      <Panel title={words.growth} className="wide">
        {growth.data ? <Chart label={words.growth} line={stores} format={formatBytes} nameOf={storeName} /> : growth.error ? <Failed error={growth.error} retry={() => void growth.refetch()} /> : <Bones height={320} />}
      </Panel>
      <div className="panel-column">
        <Panel title={words.durability}><Durability overview={overview.data} /></Panel>
        <Panel title={words.queues}>
          <Queues backlog={overview.data.backlog} />
          <Tasks tasks={overview.data.tasks} />
        </Panel>
      </div>
      <Panel title={words.byKind}>{growth.data ? <Kinds growth={growth.data} stores={stores.series.map(({ name }) => name)} /> : <Bones />}</Panel>
    </div>
  );
}

interface FiguresProps {
  overview: Overview;
  growth: Growth | undefined;
  cost: Cost | undefined;
  /** Such as a place that the price book has no prices for. */
  costError: Error | null;
}

function Figures({ overview, growth, cost, costError }: FiguresProps) {
  const { backlog, failed_jobs: failed, logical_bytes: logical, stored_bytes: stored } = overview;
  const waiting = backlog.reduce((sum, { queued }) => sum + queued, 0);
  const running = backlog.reduce((sum, each) => sum + each.running, 0);
  const dearest = cost?.groups[0];
  return (
    <dl className="tiles">
      <Stored growth={growth} />
      <Tile title={words.money} hint={costError ? messageOf(costError) : dearest && words.moneyHint(kindName(dearest.name))}>
        {cost ? formatMoney(cost.total, cost.currency) : "–"}
      </Tile>
      <Tile title={words.backlog} tone={failed > 0 ? "bad" : ""} hint={`${words.running(running)} · ${failed > 0 ? words.failed(failed) : words.noneFailed}`}>
        {formatCount(waiting)}
      </Tile>
      <Tile title={words.saved} hint={logical > 0 ? words.savedHint(formatBytes(stored), formatBytes(logical)) : words.noRepositories}>
        {logical > 0 ? `${Math.round(Math.max(0, 1 - stored / logical) * 100)} %` : "–"}
      </Tile>
    </dl>
  );
}

function Stored({ growth }: { growth: Growth | undefined }) {
  const line = useMemo(() => timeline(growth?.items ?? []), [growth]);
  const change = changeOver(line, MONTH);
  const now = totals(line).at(-1);
  return (
    <Tile title={words.stored} hint={change && `${formatBytesChange(change.difference)} ${words.over(change.days)}`}>
      {now === undefined ? "–" : formatBytes(now)}
    </Tile>
  );
}
