/** Sliders, and what the bill would be if things were as they say. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { keys } from "@/api/keys";
import { messageOf } from "@/api/problem";
import { getCost } from "@/api/operations";
import type { Scenario } from "@/api/operations-types";
import { AS_IT_IS, changesOf, CHUNKS, type Colder, DAYS, monthsUntilPaid, PACKS, REPLICAS, sizeWords, type WhatIf } from "@/operations/cost/whatIf";
import { formatChange, formatMoney } from "@/operations/format";
import { className } from "@/operations/names";
import { Slider } from "@/operations/Panel";
import { useSettled } from "@/operations/useSettled";
import { operations } from "@/text/operations";
import { Button } from "@/ui/Button";
import { formatCount } from "@/ui/format";
import "@/ui/fields.css";

const words = operations.cost;
const steps = {
  days: DAYS.map(words.days),
  replicas: REPLICAS.map(words.asMany),
  chunk: CHUNKS.map((size) => (size === null ? words.asIs : sizeWords(size))),
  pack: PACKS.map((size) => (size === null ? words.noPacks : sizeWords(size))),
};

interface WhatIfPanelProps {
  currency: string;
  /** That chunks can go to. */
  classes: readonly Colder[];
}

export function WhatIfPanel({ currency, classes }: WhatIfPanelProps) {
  const [wish, setWish] = useState(AS_IT_IS);
  const changes = useSettled(changesOf(wish, classes));
  const report = useQuery({
    queryKey: keys.whatIf(changes),
    queryFn: ({ signal }) => getCost("kind", { whatIf: changes }, signal),
    enabled: changes !== "",
    placeholderData: keepPreviousData,
  });
  const set = (change: Partial<WhatIf>) => setWish((before) => ({ ...before, ...change }));
  const [now, then] = report.data?.what_if ?? [];

  return (
    <div className="what-if">
      <div className="sliders">
        {classes.length > 0 && (
          <>
            <Slider label={words.move} value={wish.to} steps={[words.nowhere, ...classes.map(className)]} onChange={(to) => set({ to })} />
            <Slider label={words.after} value={wish.days} steps={steps.days} onChange={(days) => set({ days })} isDisabled={wish.to === 0} />
          </>
        )}
        <Slider label={words.replicas} value={wish.replicas} steps={steps.replicas} onChange={(replicas) => set({ replicas })} />
        <Slider label={words.chunk} value={wish.chunk} steps={steps.chunk} onChange={(chunk) => set({ chunk })} />
        <Slider label={words.pack} value={wish.pack} steps={steps.pack} onChange={(pack) => set({ pack })} />
        <label className="checkbox">
          <input type="checkbox" checked={wish.hasTags} onChange={(event) => set({ hasTags: event.target.checked })} />
          {words.tags}
        </label>
        <Button variant="quiet" icon="restore" isDisabled={changes === ""} onPress={() => setWish(AS_IT_IS)}>{words.reset}</Button>
      </div>
      <div className="what-if-outcome" aria-live="polite" aria-busy={report.isFetching}>
        {changes === "" ? (
          <p className="muted">{words.chooseOne}</p>
        ) : report.error ? (
          <p className="field-error">{messageOf(report.error)}</p>
        ) : now && then ? (
          <Outcome now={now} then={then} currency={currency} />
        ) : null}
      </div>
    </div>
  );
}

function Outcome({ now, then, currency }: { now: Scenario; then: Scenario; currency: string }) {
  const money = (amount: number) => formatMoney(amount, currency);
  const paid = monthsUntilPaid(then);
  const tone = then.difference < 0 ? "good" : then.difference > 0 ? "bad" : "";
  return (
    <>
      <p className="outcome-label muted">{words.thenMonth}</p>
      <p className="outcome tabular">
        <strong>{money(then.month)}</strong> <span className={`change ${tone}`}>{then.difference === 0 ? words.same : formatChange(then.difference, money)}</span>
      </p>
      <dl className="fact-list tabular">
        <Fact title={words.once}>{money(then.once)}</Fact>
        <Fact title={words.paysBack}>{paid === null ? words.never : paid === 0 ? words.atOnce : words.months(paid)}</Fact>
        <Fact title={words.reading}>
          {money(then.reading)} <span className="muted">{formatChange(then.reading - now.reading, money)}</span>
        </Fact>
        <Fact title={words.chunkObjects}>
          {formatCount(then.objects)} <span className="muted">{formatChange(then.objects - now.objects, formatCount)}</span>
        </Fact>
      </dl>
      <ul className="footnotes">{then.notes.map((note) => <li key={note}>{note}</li>)}</ul>
    </>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}
