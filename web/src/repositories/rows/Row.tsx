/** One row: an icon, a name, columns and a menu. Its events are handled by the list. */
import type { RowColumn } from "@/repositories/rows/columns";
import type { RowListProps } from "@/repositories/rows/props";
import { text } from "@/text";
import { Icon } from "@/ui/Icon";

interface RowProps<T> {
  list: RowListProps<T>;
  item: T;
  index: number;
  columns: readonly RowColumn<T>[];
  isCompact: boolean;
  isFocused: boolean;
  /** Its distance from the top of the first row. */
  top: number;
  /** What is added to its index for those who count rows from one, the titles among them. */
  offset: number;
}

export function rowElementId(index: number): string {
  return `row-${index}`;
}

export function Row<T>({ list, item, index, columns, isCompact, isFocused, top, offset }: RowProps<T>) {
  const id = list.idOf(item);
  const isMarked = list.marks?.ids.has(id) ?? false;
  return (
    <div
      role="row"
      id={rowElementId(index)}
      data-index={index}
      aria-rowindex={index + offset}
      {...(list.marks ? { "aria-selected": isMarked } : {})}
      className={`row ${isFocused ? "focused" : ""} ${isMarked ? "selected" : ""} ${list.marks ? "markable" : ""}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell" className="cell-name row-name">
        <span className="cell-icon">
          {list.icon(item, isCompact ? 40 : 28)}
          {list.marks && (
            <button type="button" className="check" data-role="check" tabIndex={-1} aria-label={list.marks.label(id)} aria-pressed={isMarked}>
              <Icon name="check" size={14} />
            </button>
          )}
        </span>
        <span className="row-words">
          {list.title(item)}
          {list.subtitle && <span className="row-sub">{list.subtitle(item, isCompact)}</span>}
        </span>
      </div>
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={`cell ${column.align ?? ""}`}>
          {column.show(item)}
        </div>
      ))}
      <div role="gridcell" className="cell-actions">
        <button type="button" className="item-button more" data-role="menu" tabIndex={-1} aria-label={list.menuLabel(item)} title={text.repositories.file.more}>
          <Icon name="more" size={18} />
        </button>
      </div>
    </div>
  );
}
