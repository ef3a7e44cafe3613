/** The columns of a list of rows: which of them fit beside the names. */
import type { ReactNode } from "react";

export interface RowColumn<T> {
  id: string;
  title: string;
  /** In pixels; the least where the column grows. */
  width: number;
  grows?: boolean;
  align?: "end";
  hint?: string;
  /** The higher, the sooner it goes where there is no room. */
  rank: number;
  show: (item: T) => ReactNode;
}

const GAP = 12;
const ICON = 28;
const ACTIONS = 40;
const EDGES = 48;

/** As many of the columns as leave the names their room, those of the lowest ranks. */
export function fitColumns<T>(columns: readonly RowColumn<T>[], width: number, nameWidth: number): readonly RowColumn<T>[] {
  let room = width - ICON - ACTIONS - 2 * GAP - EDGES - nameWidth;
  const byRank = columns.toSorted((a, b) => a.rank - b.rank);
  const firstOut = byRank.findIndex((column) => {
    room -= column.width + GAP;
    return room < 0;
  });
  const kept = new Set(firstOut < 0 ? byRank : byRank.slice(0, firstOut));
  return columns.filter((column) => kept.has(column));
}

/** The tracks of a row: the icon, the name, the columns, the button of its menu. */
export function trackTemplate<T>(columns: readonly RowColumn<T>[]): string {
  const tracks = columns.map(({ width, grows }) => (grows ? `minmax(${width}px, 0.8fr)` : `${width}px`));
  return [`${ICON}px`, "minmax(0, 1fr)", ...tracks, `${ACTIONS}px`].join(" ");
}
