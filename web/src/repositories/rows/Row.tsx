/** One row: an icon, a name, columns and a menu. Its events are handled by the view. */
import type { RowColumn } from "@/repositories/rows/columns";
import type { RowListProps } from "@/repositories/rows/props";
import { repositories } from "@/text/repositories";
import { Icon } from "@/ui/Icon";

interface RowProps<T> {
  view: RowListProps<T>;
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

export function Row<T>({ view, item, index, columns, isCompact, isFocused, top, offset }: RowProps<T>) {
  const id = view.idOf(item);
  const isMarked = view.marks?.ids.has(id) ?? false;
  return (
    <div
      role="row"
      id={rowElementId(index)}
      data-index={index}
      aria-rowindex={index + offset}
      {...(view.marks ? { "aria-selected": isMarked } : {})}
      className={`row ${isFocused ? "focused" : ""} ${isMarked ? "selected" : ""}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell" className="cell-name row-name">
        <span className="cell-icon">
          {view.marks ? (
            <button type="button" className="check" data-role="check" tabIndex={-1} aria-label={view.marks.label(id)} aria-pressed={isMarked}>
              <Icon name="check" size={14} />
            </button>
          ) : (
            view.icon?.(item, isCompact ? 40 : 28)
          )}
        </span>
        <span className="row-words">
          {view.title(item)}
          {view.subtitle && <span className="row-sub">{view.subtitle(item, isCompact)}</span>}
        </span>
      </div>
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={`cell ${column.align ?? ""}`}>
          {column.show(item)}
        </div>
      ))}
      <div role="gridcell" className="cell-actions">
        <button type="button" className="item-button more" data-role="menu" tabIndex={-1} aria-label={view.menuLabel(item)} title={repositories.file.more}>
          <Icon name="more" size={18} />
        </button>
      </div>
    </div>
  );
}
