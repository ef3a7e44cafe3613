/** The columns of the list view: which exist, how wide, and by what the server sorts them. */
import type { SortKey } from "@/api/types";
import { text } from "@/text";

export type ColumnId = "updated" | "size" | "type" | "created" | "owner" | "location" | "opened" | "origin" | "purge";

interface Column {
  id: ColumnId;
  title: string;
  width: string;
  sort?: SortKey;
  align?: "end";
}

const words = text.drive.columns;

export const columns: Record<ColumnId, Column> = {
  updated: { id: "updated", title: words.updated, width: "148px", sort: "updated" },
  size: { id: "size", title: words.size, width: "96px", sort: "size", align: "end" },
  type: { id: "type", title: words.type, width: "128px", sort: "type" },
  created: { id: "created", title: words.created, width: "148px", sort: "created" },
  owner: { id: "owner", title: words.owner, width: "140px" },
  location: { id: "location", title: words.location, width: "minmax(120px, 0.5fr)" },
  opened: { id: "opened", title: words.opened, width: "148px" },
  origin: { id: "origin", title: words.origin, width: "minmax(120px, 0.5fr)" },
  purge: { id: "purge", title: words.purge, width: "132px" },
};

/** The columns a person may switch on and off, in the order they stand. */
export const choosable: readonly ColumnId[] = ["updated", "size", "type", "created", "owner"];
