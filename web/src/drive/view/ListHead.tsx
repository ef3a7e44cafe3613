/** The titles of the columns; those the server can sort by are buttons. */
import type { Sort } from "@/api/drive";
import type { SortKey } from "@/api/types";
import { type ColumnId, columns as columnTable } from "@/drive/columns";
import { text } from "@/text";
import { Icon } from "@/ui/Icon";

interface ListHeadProps {
  columns: readonly ColumnId[];
  /** Undefined where the order is given by the list itself. */
  sort: Sort | undefined;
  onSort: (key: SortKey) => void;
}

function Title({ title, sortKey, sort, onSort }: { title: string; sortKey: SortKey | undefined; sort: Sort | undefined; onSort: (key: SortKey) => void }) {
  if (!sort || !sortKey) return <span className="head-title truncate">{title}</span>;
  const active = sort.key === sortKey;
  return (
    <button type="button" className={`head-title head-sort ${active ? "active" : ""}`} onClick={() => onSort(sortKey)}>
      <span className="truncate">{title}</span>
      {active && <Icon name={sort.order === "asc" ? "arrowUp" : "arrowDown"} size={14} />}
    </button>
  );
}

function ariaSort(sort: Sort | undefined, key: SortKey | undefined) {
  if (!sort || !key || sort.key !== key) return undefined;
  return sort.order === "asc" ? "ascending" : "descending";
}

export function ListHead({ columns, sort, onSort }: ListHeadProps) {
  return (
    <div role="rowgroup" className="list-head">
      <div role="row" aria-rowindex={1} className="head-row">
        <div role="columnheader" className="cell-check">
          <span className="visually-hidden">{text.drive.actions.selectAll}</span>
        </div>
        <div role="columnheader" className="cell-name" aria-sort={ariaSort(sort, "name")}>
          <Title title={text.drive.columns.name} sortKey="name" sort={sort} onSort={onSort} />
        </div>
        {columns.map((id) => (
          <div key={id} role="columnheader" className={`cell cell-${id} ${columnTable[id].align ?? ""}`} aria-sort={ariaSort(sort, columnTable[id].sort)}>
            <Title title={columnTable[id].title} sortKey={columnTable[id].sort} sort={sort} onSort={onSort} />
          </div>
        ))}
        <div role="columnheader" className="cell-actions">
          <span className="visually-hidden">{text.drive.actions.more}</span>
        </div>
      </div>
    </div>
  );
}
