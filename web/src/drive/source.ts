/** What a view lists: one folder, or one of the lists that cut across folders. */
import { type Filters, listFavorites, listFolder, listRecent, listTrash, type Place, searchFiles, type Sort } from "@/api/drive";
import { keys } from "@/api/keys";
import type { ListedFile, Page } from "@/api/types";
import type { ColumnId } from "@/drive/columns";

export type Source =
  | { kind: "folder"; place: Place; sort: Sort }
  | { kind: "recent" }
  | { kind: "favorites" }
  | { kind: "trash" }
  | { kind: "search"; filters: Filters };

export function sourceKey(source: Source): readonly unknown[] {
  switch (source.kind) {
    case "folder":
      return keys.folder(source.place, source.sort);
    case "search":
      return keys.search(source.filters);
    default:
      return keys[source.kind];
  }
}

export function fetchPage(source: Source, cursor: string | null, signal: AbortSignal): Promise<Page<ListedFile>> {
  switch (source.kind) {
    case "folder":
      return listFolder(source.place, source.sort, { cursor, signal });
    case "search":
      return searchFiles(source.filters, { cursor, signal });
    case "recent":
      return listRecent({ cursor, signal });
    case "favorites":
      return listFavorites({ cursor, signal });
    case "trash":
      return listTrash({ cursor, signal });
  }
}

/** The columns of a view: those it must have, and those the person chose. */
export function columnsOf(source: Source, chosen: readonly ColumnId[]): ColumnId[] {
  switch (source.kind) {
    case "trash":
      return ["origin", "purge", ...chosen.filter((id) => id === "size" || id === "type")];
    case "recent":
      return ["opened", ...chosen];
    case "search":
      return ["location", ...chosen];
    default:
      return [...chosen];
  }
}
