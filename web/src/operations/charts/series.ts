/** What a chart draws, made of what the service tells. */
import type { GrowthPoint } from "@/api/operations-types";

export interface Series {
  name: string;
  /** One for each day; null where nothing is known. */
  values: readonly (number | null)[];
}

export interface Timeline {
  /** `2026-11-23`, in order. */
  days: readonly string[];
  series: readonly Series[];
}

/** As many series as colours can be told apart. */
const MOST = 8;
export const OTHERS = "others";

/** A series for each name, the largest first; what is too much for one chart goes together. */
export function timeline(points: readonly GrowthPoint[], most: number = MOST): Timeline {
  const days = [...new Set(points.map((point) => point.day))].sort();
  const place = new Map(days.map((day, index) => [day, index]));
  const found = new Map<string, number[]>();
  for (const { day, name, bytes } of points) {
    const values = found.get(name) ?? days.map(() => 0);
    const index = place.get(day);
    if (index !== undefined) values[index] = (values[index] ?? 0) + bytes;
    found.set(name, values);
  }
  const all = [...found].map(([name, values]) => ({ name, values })).sort((a, b) => last(b.values) - last(a.values) || a.name.localeCompare(b.name));
  if (all.length <= most) return { days, series: all };
  const rest = all.slice(most - 1);
  const others = days.map((_, index) => rest.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  return { days, series: [...all.slice(0, most - 1), { name: OTHERS, values: others }] };
}

function last(values: readonly number[]): number {
  return values.at(-1) ?? 0;
}

/** What there was of all series together on each day. */
export function totals({ days, series }: Timeline): number[] {
  return days.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
}

/** Each series on top of those before it. */
export function stacked(series: readonly Series[]): (number | null)[][] {
  const tops: number[] = [];
  return series.map(({ values }) =>
    values.map((value, index) => {
      const top = (tops[index] ?? 0) + (value ?? 0);
      tops[index] = top;
      return top;
    }),
  );
}

export interface Change {
  days: number;
  difference: number;
}

/** How the whole has changed since the day nearest to `days` before the last; null while there is one day only. */
export function changeOver(line: Timeline, days: number): Change | null {
  const all = totals(line);
  const end = line.days.at(-1);
  if (end === undefined || all.length < 2) return null;
  const wanted = dayNumber(end) - days;
  const from = Math.max(0, line.days.findIndex((day) => dayNumber(day) >= wanted));
  const first = line.days[from];
  if (first === undefined || first === end) return null;
  return { days: dayNumber(end) - dayNumber(first), difference: (all.at(-1) ?? 0) - (all[from] ?? 0) };
}

/** Days since 1970. */
export function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 86_400_000;
}
