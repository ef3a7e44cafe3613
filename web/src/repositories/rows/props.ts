/** What a list of rows is given to show, and what it reports. */
import type { ReactNode } from "react";
import type { RowColumn } from "@/repositories/rows/columns";
import type { Endless } from "@/repositories/useEndless";
import type { MenuGroup } from "@/ui/menu-items";

export interface Marks {
  ids: ReadonlySet<string>;
  toggle: (id: string) => void;
  label: (id: string) => string;
}

export interface RowListProps<T> {
  /** Names the view, for remembering how far it was scrolled. */
  name: string;
  label: string;
  hint?: string;
  idOf: (item: T) => string;
  /** What typing letters looks for. */
  wordsOf: (item: T) => string;
  /** Whether `nameTitle` and the titles of the columns stand above. */
  nameTitle?: string;
  /** In pixels, the least for the names before a column gives way. */
  nameWidth?: number;
  columns: readonly RowColumn<T>[];
  heights: { wide: number; compact: number };
  /** Stands before the words, where there is no box to tick. */
  icon?: (item: T, size: number) => ReactNode;
  title: (item: T) => ReactNode;
  /** A second line: always with `wide`, else only where there is no room for columns. */
  subtitle?: (item: T, isCompact: boolean) => ReactNode;
  onOpen: (item: T) => void;
  /** What leads out of the list: Backspace does it. */
  onUp?: () => void;
  menuOf: (item: T) => MenuGroup[];
  menuLabel: (item: T) => string;
  marks?: Marks;
  list: Pick<Endless<T>, "items" | "hasMore" | "loadMore" | "loadAll">;
}
