/** Where items stand in the list and in the grid: pure geometry, so that 100,000 of them cost nothing. */

export interface Layout {
  columns: number;
  cellWidth: number;
  /** Height of one row, gap included. */
  rowHeight: number;
  gap: number;
  /** Empty space at the left and right of the rows. */
  padding: number;
  /** Empty space above the first row. */
  paddingTop: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const LIST_ROW = 44;
/** Rows with two lines, for the width of a phone. */
const COMPACT_ROW = 60;
export const COMPACT_WIDTH = 640;
/** Room within a row, before its first column. */
const ROW_PADDING = 8;
const CARD_MIN_WIDTH = 176;
const CARD_FOOT = 56;

/** `edge` is how far from the edge the words above the files begin: what is in the rows begins there, too. */
export function listLayout(width: number, edge = 24): Layout {
  const compact = width <= COMPACT_WIDTH;
  const padding = edge - ROW_PADDING;
  return { columns: 1, cellWidth: width - 2 * padding, rowHeight: compact ? COMPACT_ROW : LIST_ROW, gap: 0, padding, paddingTop: 0 };
}

export function gridLayout(width: number, edge = 24): Layout {
  const narrow = width <= COMPACT_WIDTH;
  const padding = edge;
  const gap = narrow ? 12 : 16;
  const inner = Math.max(0, width - 2 * padding);
  const least = narrow ? 140 : CARD_MIN_WIDTH;
  const columns = Math.max(1, Math.floor((inner + gap) / (least + gap)));
  const cellWidth = (inner - gap * (columns - 1)) / columns;
  return { columns, cellWidth, rowHeight: Math.round(cellWidth * 0.72) + CARD_FOOT + gap, gap, padding, paddingTop: 8 };
}

export function rowCount(layout: Layout, count: number): number {
  return Math.ceil(count / layout.columns);
}

/** The indexes whose cells touch the box; the box is in the coordinates of the scrolled content. */
export function itemsInBox(layout: Layout, count: number, box: Box): number[] {
  const firstRow = Math.max(0, Math.floor((box.top - layout.paddingTop) / layout.rowHeight));
  const lastRow = Math.min(rowCount(layout, count) - 1, Math.floor((box.bottom - layout.paddingTop) / layout.rowHeight));
  const found: number[] = [];
  for (let row = firstRow; row <= lastRow; row++) {
    const top = layout.paddingTop + row * layout.rowHeight;
    if (box.bottom < top || box.top > top + layout.rowHeight - layout.gap) continue;
    for (let column = 0; column < layout.columns; column++) {
      const index = row * layout.columns + column;
      const left = layout.padding + column * (layout.cellWidth + layout.gap);
      if (index < count && box.right >= left && box.left <= left + layout.cellWidth) found.push(index);
    }
  }
  return found;
}

export type NavigationKey = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" | "Home" | "End" | "PageUp" | "PageDown";

const NAVIGATION_KEYS = new Set<string>(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]);

export function isNavigationKey(key: string): key is NavigationKey {
  return NAVIGATION_KEYS.has(key);
}

/** The index that a key leads to; from nothing (-1) any key leads to an end of the list. */
export function step(layout: Layout, count: number, from: number, key: NavigationKey, visibleRows: number): number {
  if (count === 0) return -1;
  const last = count - 1;
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (from < 0) return key === "ArrowUp" || key === "ArrowLeft" ? last : 0;

  const byPage = Math.max(1, visibleRows - 1) * layout.columns;
  const steps: Record<Exclude<NavigationKey, "Home" | "End">, number> = {
    ArrowUp: -layout.columns,
    ArrowDown: layout.columns,
    ArrowLeft: layout.columns > 1 ? -1 : 0,
    ArrowRight: layout.columns > 1 ? 1 : 0,
    PageUp: -byPage,
    PageDown: byPage,
  };
  const to = from + steps[key];
  if (to >= 0 && to <= last) return to;
  return settleOutside(layout, last, from, to, key);
}

/** A step past an end: pages stop at the end, a step down may reach a shorter last row, others stay. */
function settleOutside(layout: Layout, last: number, from: number, to: number, key: NavigationKey): number {
  if (key === "PageUp") return from % layout.columns;
  if (key === "PageDown") return last;
  const rowOf = (index: number) => Math.floor(index / layout.columns);
  return to > last && key === "ArrowDown" && rowOf(from) < rowOf(last) ? last : from;
}
