/** What content of a size takes, before it is there. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { keys } from "@/api/keys";
import { hasCode, messageOf } from "@/api/problem";
import { getCapacity } from "@/api/operations";
import type { Capacity } from "@/api/operations-types";
import { CHUNKS, PACKS, REPLICAS, sizeWords } from "@/operations/cost/whatIf";
import { formatBetween, formatDay, formatMoney } from "@/operations/format";
import { Bones, Panel, Slider } from "@/operations/Panel";
import { useSettled } from "@/operations/useSettled";
import { operations } from "@/text/operations";
import { formatBytes, formatCount, formatDuration } from "@/ui/format";
import { TextField } from "@/ui/TextField";

const words = operations.capacity;
/** What the service takes for granted where nothing is said. */
const USUAL_CHUNK = 3;
const PERCENT = Array.from({ length: 20 }, (_, step) => step * 5);
const whole = (value: number) => formatCount(Math.round(value));
const chunkSteps = CHUNKS.slice(1).map((size) => sizeWords(size ?? ""));
const packSteps = PACKS.map((size) => (size === null ? operations.cost.noPacks : sizeWords(size)));
const percentSteps = PERCENT.map((percent) => `${percent} %`);

export function CapacityPanel() {
  const [size, setSize] = useState("10 TB");
  const [chunk, setChunk] = useState(USUAL_CHUNK - 1);
  const [least, setLeast] = useState(PERCENT.indexOf(20));
  const [most, setMost] = useState(PERCENT.indexOf(50));
  const [pack, setPack] = useState(0);
  const [replicas, setReplicas] = useState(0);
  const settled = useSettled(size.trim());
  const wish = {
    size: settled,
    chunk: CHUNKS[chunk + 1] ?? "64KiB",
    saved: `${PERCENT[least] ?? 0}-${PERCENT[most] ?? 0}`,
    pack: PACKS[pack] ?? "",
    replicas: REPLICAS[replicas] ?? 0,
  };
  const capacity = useQuery({
    queryKey: keys.capacity(wish),
    queryFn: ({ signal }) => getCapacity(wish, signal),
    placeholderData: keepPreviousData,
    enabled: wish.size !== "",
    retry: false,
  });
  const isBad = size.trim() === "" || hasCode(capacity.error, "illegal-size");

  return (
    <Panel title={words.title} hint={words.hint} className="wide">
      <div className="what-if">
        <div className="sliders">
          <TextField label={words.size} value={size} onChange={setSize} error={isBad ? words.sizeBad : null} />
          <Slider label={words.chunk} value={chunk} steps={chunkSteps} onChange={setChunk} />
          <Slider label={`${words.saved} ${words.least}`} value={least} steps={percentSteps} onChange={(step) => { setLeast(step); setMost(Math.max(step, most)); }} />
          <Slider label={`${words.saved} ${words.most}`} value={most} steps={percentSteps} onChange={(step) => { setMost(step); setLeast(Math.min(step, least)); }} />
          <Slider label={words.pack} value={pack} steps={packSteps} onChange={setPack} />
          <Slider label={words.replicas} value={replicas} steps={REPLICAS.map(operations.cost.asMany)} onChange={setReplicas} />
        </div>
        <div className="what-if-outcome" aria-live="polite" aria-busy={capacity.isFetching}>
          {isBad ? null : capacity.error ? <p className="field-error">{messageOf(capacity.error)}</p> : capacity.data ? <Needs capacity={capacity.data} /> : <Bones />}
        </div>
      </div>
    </Panel>
  );
}

function Needs({ capacity }: { capacity: Capacity }) {
  const [item] = capacity.items;
  if (!item) return null;
  const money = (amount: number) => formatMoney(amount, capacity.currency);
  const facts: [string, ReactNode][] = [
    [words.storage, formatBetween(item.storage_bytes, formatBytes)],
    [words.month, formatBetween(item.month, money)],
    [words.writing, formatBetween(item.writing, money)],
    [words.chunks, whole(item.chunks)],
    [words.objects, formatBetween(item.objects, whole)],
    [words.prefixes, whole(item.prefixes)],
    [words.put, formatBetween(item.put_seconds, formatDuration)],
    [words.get, formatDuration(item.get_seconds)],
    [words.rows, formatBetween(item.index_rows, whole)],
    [words.index, formatBetween(item.index_bytes, formatBytes)],
  ];
  return (
    <>
      <dl className="fact-list tabular">
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="footnotes">{words.prices(capacity.table, formatDay(capacity.as_of, true))}</p>
    </>
  );
}
