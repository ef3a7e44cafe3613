import { describe, expect, it } from "vitest";
import { gridLayout, itemsInBox, type Layout, listLayout, rowCount, step } from "@/drive/layout";

/** Three columns of 100 by 90, 10 apart. */
const grid: Layout = { columns: 3, cellWidth: 100, rowHeight: 100, gap: 10, padding: 0, paddingTop: 0 };

describe("layout", () => {
  it("fits more cards into more width, and always one", () => {
    expect(gridLayout(50).columns).toBe(1);
    expect(gridLayout(390).columns).toBe(2);
    expect(gridLayout(2560).columns).toBeGreaterThan(gridLayout(1440).columns);
  });

  it("counts a last row that is not full", () => {
    expect(rowCount(grid, 7)).toBe(3);
    expect(rowCount(grid, 0)).toBe(0);
  });

  it("finds the items that a box touches", () => {
    expect(itemsInBox(grid, 9, { left: 90, right: 120, top: 10, bottom: 110 })).toEqual([0, 1, 3, 4]);
  });

  it("finds nothing in the gaps between items", () => {
    expect(itemsInBox(grid, 9, { left: 101, right: 109, top: 0, bottom: 300 })).toEqual([]);
    expect(itemsInBox(grid, 9, { left: 0, right: 300, top: 92, bottom: 98 })).toEqual([]);
  });

  it("finds list rows by their height alone", () => {
    expect(itemsInBox(listLayout(800), 100_000, { left: 100, right: 200, top: 43, bottom: 133 })).toEqual([0, 1, 2, 3]);
  });
});

describe("keyboard steps", () => {
  it("moves by one sideways and by a row up and down", () => {
    expect(step(grid, 9, 4, "ArrowRight", 2)).toBe(5);
    expect(step(grid, 9, 4, "ArrowLeft", 2)).toBe(3);
    expect(step(grid, 9, 4, "ArrowUp", 2)).toBe(1);
    expect(step(grid, 9, 4, "ArrowDown", 2)).toBe(7);
  });

  it("stays at the edges", () => {
    expect(step(grid, 9, 0, "ArrowUp", 2)).toBe(0);
    expect(step(grid, 9, 8, "ArrowRight", 2)).toBe(8);
  });

  it("reaches a last row that is shorter", () => {
    expect(step(grid, 7, 5, "ArrowDown", 2)).toBe(6);
    expect(step(grid, 7, 6, "ArrowDown", 2)).toBe(6);
  });

  it("goes to the ends and by pages", () => {
    expect(step(grid, 9, 4, "Home", 2)).toBe(0);
    expect(step(grid, 9, 4, "End", 2)).toBe(8);
    expect(step(listLayout(800), 100, 50, "PageDown", 11)).toBe(60);
    expect(step(listLayout(800), 100, 95, "PageDown", 11)).toBe(99);
    expect(step(listLayout(800), 100, 5, "PageUp", 11)).toBe(0);
  });

  it("begins at an end where nothing has the keyboard", () => {
    expect(step(grid, 9, -1, "ArrowDown", 2)).toBe(0);
    expect(step(grid, 9, -1, "ArrowUp", 2)).toBe(8);
    expect(step(grid, 0, -1, "Home", 2)).toBe(-1);
  });
});
