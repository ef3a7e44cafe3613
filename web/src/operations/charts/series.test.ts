import { describe, expect, it } from "vitest";
import { changeOver, OTHERS, stacked, timeline, totals } from "@/operations/charts/series";

const point = (day: string, name: string, bytes: number) => ({ day, name, bytes, objects: 1 });

describe("a timeline", () => {
  it("has a value for every day and name, the largest first", () => {
    const line = timeline([point("2026-01-02", "b", 5), point("2026-01-01", "a", 1), point("2026-01-02", "a", 2)]);

    expect(line.days).toEqual(["2026-01-01", "2026-01-02"]);
    expect(line.series).toEqual([{ name: "b", values: [0, 5] }, { name: "a", values: [1, 2] }]);
    expect(totals(line)).toEqual([1, 7]);
  });

  it("puts the smallest together where there are too many", () => {
    const line = timeline([1, 2, 3, 4].map((n) => point("2026-01-01", `n${n}`, n)), 3);

    expect(line.series.map(({ name }) => name)).toEqual(["n4", "n3", OTHERS]);
    expect(totals(line)).toEqual([10]);
  });

  it("is stacked series on series", () => {
    expect(stacked([{ name: "a", values: [1, null] }, { name: "b", values: [2, 3] }])).toEqual([[1, 0], [3, 3]]);
  });
});

describe("the change over some days", () => {
  const line = timeline([point("2026-01-01", "a", 10), point("2026-01-20", "a", 30), point("2026-02-01", "a", 35)]);

  it("is told since the first day that is not before them", () => {
    expect(changeOver(line, 14)).toEqual({ days: 12, difference: 5 });
    expect(changeOver(line, 90)).toEqual({ days: 31, difference: 25 });
  });

  it("is unknown while there is one day only", () => {
    expect(changeOver(timeline([point("2026-01-01", "a", 1)]), 30)).toBeNull();
  });
});
