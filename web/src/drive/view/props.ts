/** What a collection of files is given to show, and what it reports. */
import type { KeyboardEvent } from "react";
import type { Sort } from "@/api/drive";
import type { ListedFile, SortKey } from "@/api/types";
import type { ColumnId } from "@/drive/columns";
import type { Listing } from "@/drive/listing";
import type { Selection } from "@/drive/selection";

export interface CollectionProps {
  label: string;
  /** Names the view, for remembering how far it was scrolled. */
  name: string;
  listing: Listing;
  view: "list" | "grid";
  columns: readonly ColumnId[];
  sort: Sort | undefined;
  onSort: (key: SortKey) => void;
  selection: Selection;
  onSelect: (change: (selection: Selection) => Selection) => void;
  onSelectAll: () => void;
  renaming: string | null;
  onRenamed: (file: ListedFile, name: string | null) => void;
  cut: ReadonlySet<string>;
  inTrash: boolean;
  me: string;
  onOpen: (file: ListedFile) => void;
  onFavorite: (file: ListedFile) => void;
  onMenu: (at: { x: number; y: number }, file: ListedFile | null) => void;
  /** Keys that are commands, on the selection or else on the item with the keyboard; true when the key was one. */
  onCommand: (event: KeyboardEvent, focused: ListedFile | null) => boolean;
  onDropFiles: (files: readonly ListedFile[], folder: ListedFile, copy: boolean) => void;
  onDropUpload: (transfer: DataTransfer, folder: ListedFile) => void;
}
