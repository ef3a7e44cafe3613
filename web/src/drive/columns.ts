/** The columns of the list view: which exist, how wide, and by what the server sorts them. */
import type { SortKey } from "@/api/types";
import { COMPACT_WIDTH } from "@/drive/layout";
import { text } from "@/text";

export type ColumnId = "updated" | "size" | "type" | "created" | "owner" | "location" | "opened" | "origin" | "purge";

interface Column {
  id: ColumnId;
  title: string;
  /** In pixels; the least where the column grows. */
  width: number;
  grows?: boolean;
  sort?: SortKey;
  align?: "end";
}

const words = text.drive.columns;

export const columns: Record<ColumnId, Column> = {
  updated: { id: "updated", title: words.updated, width: 132, sort: "updated" },
  size: { id: "size", title: words.size, width: 96, sort: "size", align: "end" },
  type: { id: "type", title: words.type, width: 108, sort: "type" },
  created: { id: "created", title: words.created, width: 132, sort: "created" },
  owner: { id: "owner", title: words.owner, width: 132 },
  location: { id: "location", title: words.location, width: 140, grows: true },
  opened: { id: "opened", title: words.opened, width: 132 },
  origin: { id: "origin", title: words.origin, width: 140, grows: true },
  purge: { id: "purge", title: words.purge, width: 132 },
};

/** The columns a person may switch on and off, in the order they stand. */
export const choosable: readonly ColumnId[] = ["updated", "created", "type", "owner", "size"];

/** Which go first when there is no room: the last of these. */
const importance: readonly ColumnId[] = ["purge", "origin", "location", "opened", "updated", "size", "type", "created", "owner"];

const NAME_MIN_WIDTH = 240;
/** The icon, the buttons at the end, the gaps beside them and the padding of the row. */
const FIXED_WIDTH = 28 + 72 + 3 * 12 + 48;
const GAP = 12;

/** Those of the columns that leave enough room for the names; none beside rows of two lines. */
export function fitColumns(wanted: readonly ColumnId[], width: number): ColumnId[] {
  if (width <= COMPACT_WIDTH) return [];
  let room = width - FIXED_WIDTH - NAME_MIN_WIDTH;
  const kept = new Set<ColumnId>();
  for (const id of importance.filter((candidate) => wanted.includes(candidate))) {
    room -= columns[id].width + GAP;
    if (room < 0) break;
    kept.add(id);
  }
  return wanted.filter((id) => kept.has(id));
}

/** The tracks of a row: the icon, the name, the columns, the buttons. */
export function trackTemplate(shown: readonly ColumnId[]): string {
  const tracks = shown.map((id) => (columns[id].grows ? `minmax(${columns[id].width}px, 0.5fr)` : `${columns[id].width}px`));
  return ["28px", "minmax(0, 1fr)", ...tracks, "72px"].join(" ");
}
