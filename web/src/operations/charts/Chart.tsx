/** A chart with its legend, and the same numbers as a table for who reads them or hears them. */
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { hue } from "@/operations/charts/colours";
import type { Outlook } from "@/operations/charts/Plot";
import { type Timeline, totals } from "@/operations/charts/series";
import { formatDay } from "@/operations/format";
import { operations } from "@/text/operations";
import "@/operations/charts/chart.css";

const Plot = lazy(() => import("@/operations/charts/Plot"));
const words = operations.chart;
const HEIGHT = 260;

interface ChartProps {
  /** What the chart is about, in a sentence's words. */
  label: string;
  line: Timeline;
  outlook?: Outlook | null;
  format: (value: number) => string;
  nameOf?: (name: string) => string;
}

export function Chart({ label, line, outlook = null, format, nameOf = (name) => name }: ChartProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const onPoint = useCallback((index: number | null) => setPointed(index), []);
  const all = useMemo(() => totals(line), [line]);
  const shown = pointed !== null && pointed < line.days.length ? pointed : line.days.length - 1;
  const day = line.days[shown];
  const total = all[shown] ?? 0;
  if (day === undefined) return <p className="muted">{words.nothing}</p>;

  return (
    <figure className="chart">
      <div className="chart-picture" role="img" aria-label={words.summary(label, formatDay(line.days[0] ?? day, true), format(all[0] ?? 0), formatDay(line.days.at(-1) ?? day, true), format(all.at(-1) ?? 0))}>
        <Suspense fallback={<div style={{ blockSize: HEIGHT }} />}>
          <Plot line={line} outlook={outlook} format={format} height={HEIGHT} onPoint={onPoint} />
        </Suspense>
      </div>
      <figcaption className="chart-legend">
        <p className="chart-day tabular">
          <span className="muted">{formatDay(day, true)}</span> <strong>{format(total)}</strong>
        </p>
        <ul>
          {line.series.map(({ name, values }, index) => (
            <li key={name}>
              <span className="chart-chip" style={{ background: hue(index) }} />
              <span className="truncate" title={nameOf(name)}>{nameOf(name)}</span>
              <span className="tabular">{format(values[shown] ?? 0)}</span>
            </li>
          ))}
          {outlook && (
            <li>
              <span className="chart-chip dashed" />
              <span>{words.outlook}</span>
            </li>
          )}
        </ul>
      </figcaption>
      <details className="numbers">
        <summary>{words.numbers}</summary>
        <div className="table-scroll" tabIndex={0} role="region" aria-label={words.tableOf(label)}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{words.day}</th>
                {line.series.map(({ name }) => <th key={name} scope="col" className="number">{nameOf(name)}</th>)}
                {line.series.length > 1 && <th scope="col" className="number">{words.total}</th>}
              </tr>
            </thead>
            <tbody>
              {line.days.map((each, index) => ({ each, index })).reverse().map(({ each, index }) => (
                <tr key={each}>
                  <th scope="row">{formatDay(each, true)}</th>
                  {line.series.map(({ name, values }) => <td key={name} className="number">{format(values[index] ?? 0)}</td>)}
                  {line.series.length > 1 && <td className="number">{format(all[index] ?? 0)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
