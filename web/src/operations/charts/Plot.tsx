/** The canvas of a chart. Loaded when there is something to draw. */
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { usePreferences } from "@/app/preferences";
import { hue, lookUpIn, pale } from "@/operations/charts/colours";
import { dayNumber, stacked, type Timeline } from "@/operations/charts/series";
import { formatDay } from "@/operations/format";
import { useElementWidth } from "@/ui/useElementWidth";
import { useMediaQuery } from "@/ui/useMediaQuery";
import "uplot/dist/uPlot.min.css";

const DAY = 86_400;

/** A straight line with its bounds, which goes on where the series end. */
export interface Outlook {
  days: readonly string[];
  value: readonly number[];
  low: readonly number[];
  high: readonly number[];
}

export interface PlotProps {
  line: Timeline;
  outlook: Outlook | null;
  format: (value: number) => string;
  height: number;
  /** Told the day under the pointer; null when there is none. */
  onPoint: (index: number | null) => void;
}

export default function Plot({ line, outlook, format, height, onPoint }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useElementWidth(box);
  const { theme } = usePreferences();
  const isDark = useMediaQuery("(prefers-color-scheme: dark)");

  useEffect(() => {
    const node = box.current;
    if (!node || width === 0) return;
    const plot = new uPlot(options({ line, outlook, format, onPoint, width, height, look: lookUpIn(node) }), data(line, outlook), node);
    return () => plot.destroy();
    // A theme is nothing that is read here, but all colours follow it.
  }, [line, outlook, format, onPoint, width, height, theme, isDark]);

  return <div ref={box} className="plot" style={{ blockSize: height }} />;
}

function data(line: Timeline, outlook: Outlook | null): uPlot.AlignedData {
  const days = [...line.days, ...(outlook?.days ?? [])].map((day) => dayNumber(day) * DAY);
  const after = (outlook?.days ?? []).map(() => null);
  const areas = stacked(line.series).map((values) => [...values, ...after]);
  if (!outlook) return [days, ...areas];
  const top = areas.at(-1)?.[line.days.length - 1] ?? 0;
  // It begins where the present ends.
  const before = [...line.days.slice(1).map(() => null), top];
  return [days, ...areas, [...before, ...outlook.value], [...before, ...outlook.low], [...before, ...outlook.high]];
}

interface Drawn extends Omit<PlotProps, "height"> {
  width: number;
  height: number;
  look: (colour: string) => string;
}

function options({ line, outlook, format, onPoint, width, height, look }: Drawn): uPlot.Options {
  const count = line.series.length;
  const areas = line.series.map((_, index) => area(index, look, line.days.length));
  const accent = look("var(--accent)");
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    padding: [12, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { ...(line.days.length === 1 && !outlook && { x: { range: aroundDay } }), y: { range: (_, __, max) => [0, max > 0 ? max * 1.06 : 1] } },
    axes: axes(format, look, outlook !== null),
    series: [
      {},
      ...areas,
      ...(outlook
        ? [
            { stroke: accent, width: 2, dash: [6, 5], points: { show: true, size: 6, fill: accent } },
            { stroke: "transparent", points: { show: false } },
            { stroke: "transparent", points: { show: false } },
          ]
        : []),
    ],
    bands: [
      ...line.series.slice(1).map((_, index) => ({ series: [index + 2, index + 1] as [number, number] })),
      ...(outlook ? [{ series: [count + 3, count + 2] as [number, number], fill: look(pale("var(--accent)", 18)) }] : []),
    ],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

/** Of a single day: a line needs two ends. No day lies on these, where its name would be cut. */
function aroundDay(_: uPlot, day: number): uPlot.Range.MinMax {
  return [day - 2.5 * DAY, day + 2.5 * DAY];
}

function area(index: number, look: (colour: string) => string, days: number): uPlot.Series {
  const stroke = look(hue(index));
  // A single day is no line: a point stands for it.
  return { stroke, width: 1.5, fill: look(pale(hue(index))), points: { show: days === 1 } };
}

function axes(format: (value: number) => string, look: (colour: string) => string, isLong: boolean): uPlot.Axis[] {
  const common: uPlot.Axis = {
    stroke: look("var(--text-2)"),
    font: `12px ${getComputedStyle(document.body).fontFamily}`,
    ticks: { show: false },
    grid: { stroke: look("var(--line)"), width: 1 },
  };
  return [
    {
      ...common,
      grid: { show: false },
      size: 32,
      space: 84,
      incrs: [1, 2, 7, 14, 28, 56, 91, 182, 365].map((days) => days * DAY),
      values: (_, splits) => splits.map((seconds) => formatDay(new Date(seconds * 1000).toISOString(), isLong)),
    },
    { ...common, size: 76, space: 44, incrs: STEPS, values: (_, splits) => splits.map(format) },
  ];
}

/** Round in the units that sizes are told in, and below them as money is. */
const STEPS = [
  ...[0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  ...Array.from({ length: 7 }, (_, power) => [1, 2, 5, 10, 20, 50, 100, 200, 500].map((step) => step * 1024 ** power)).flat(),
];
