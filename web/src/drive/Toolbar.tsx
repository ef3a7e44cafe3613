/** The row above the files: how many there are, or what to do with the selected ones; how they are shown. */
import type { ReactNode } from "react";
import type { Sort } from "@/api/drive";
import { setPreferences, usePreferences } from "@/app/preferences";
import { choosable, type ColumnId, columns as columnTable } from "@/drive/columns";
import { firstOrder } from "@/drive/urlState";
import { text } from "@/text";
import { Button, IconButton } from "@/ui/Button";
import { Menu } from "@/ui/Menu";
import type { MenuGroup } from "@/ui/menu-items";

interface ToolbarProps {
  children: ReactNode;
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
  /** The columns a person may switch on and off in this view. */
  offered: readonly ColumnId[];
  detailsOpen: boolean;
  onDetails: (open: boolean) => void;
}

const words = text.drive;

function sortGroups(sort: Sort, onSort: (sort: Sort) => void): MenuGroup[] {
  const keys = ["name", "updated", "created", "size", "type"] as const;
  const titles = { ...words.columns };
  return [
    {
      id: "key",
      title: words.sortBy,
      items: keys.map((key) => ({ id: key, label: titles[key], checked: sort.key === key, onAction: () => onSort({ key, order: firstOrder(key) }) })),
    },
    {
      id: "order",
      items: (["asc", "desc"] as const).map((order) => ({
        id: order,
        label: order === "asc" ? words.ascending : words.descending,
        checked: sort.order === order,
        onAction: () => onSort({ ...sort, order }),
      })),
    },
  ];
}

function columnGroups(chosen: readonly ColumnId[], offered: readonly ColumnId[]): MenuGroup[] {
  function flip(id: ColumnId) {
    const next = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
    setPreferences({ columns: choosable.filter((column) => next.includes(column)) });
  }
  const items = offered.map((id) => ({ id, label: columnTable[id].title, checked: chosen.includes(id), onAction: () => flip(id) }));
  return [{ id: "columns", title: words.columns.label, isMultiple: true, items }];
}

export function Toolbar({ children, sort, onSort, offered, detailsOpen, onDetails }: ToolbarProps) {
  const { view, columns } = usePreferences();
  return (
    <div className="toolbar">
      <div className="toolbar-main">{children}</div>
      <div className="toolbar-view">
        {sort && (
          <Menu label={words.sortBy} groups={sortGroups(sort, onSort)}>
            <Button variant="quiet" icon={sort.order === "asc" ? "arrowUp" : "arrowDown"} className="sort-button" aria-label={`${words.sortBy} ${words.columns[sort.key]}`}>
              {words.columns[sort.key]}
            </Button>
          </Menu>
        )}
        {view === "list" && (
          <Menu label={words.columns.label} groups={columnGroups(columns, offered)}>
            <IconButton icon="columns" label={words.columns.label} className="columns-button" />
          </Menu>
        )}
        <IconButton
          icon={view === "list" ? "grid" : "list"}
          label={view === "list" ? words.gridView : words.listView}
          onPress={() => setPreferences({ view: view === "list" ? "grid" : "list" })}
        />
        <IconButton
          icon="info"
          label={detailsOpen ? words.hideDetails : words.showDetails}
          pressed={detailsOpen}
          onPress={() => onDetails(!detailsOpen)}
        />
      </div>
    </div>
  );
}
