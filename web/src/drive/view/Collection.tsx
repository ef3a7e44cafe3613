/** The files of a view as a virtual list or grid: pointer, keyboard, drag and drop on any number of items. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { ListedFile } from "@/api/types";
import { fitColumns, trackTemplate } from "@/drive/columns";
import { COMPACT_WIDTH, rowCount } from "@/drive/layout";
import type { CollectionProps } from "@/drive/view/props";
import { Card, itemElementId, Row } from "@/drive/view/Item";
import { ListHead } from "@/drive/view/ListHead";
import { useCollectionDrag } from "@/drive/view/useCollectionDrag";
import { useCollectionKeys } from "@/drive/view/useCollectionKeys";
import { useCollectionPointer } from "@/drive/view/useCollectionPointer";
import { useLayout } from "@/drive/view/useLayout";
import { rememberScroll, scrollOf } from "@/drive/view/scrolls";
import { focusIfNowhere } from "@/ui/focusFiles";
import { useElementWidth } from "@/ui/useElementWidth";
import "@/drive/view/collection.css";

/** Rows to have in hand below the last one on show. */
const AHEAD = 150;
const HEAD_HEIGHT = 36;
/** Rows kept ready above and below what is on show. */
const OVERSCAN = { list: 8, grid: 3 };

export function Collection(props: CollectionProps) {
  const { listing, view, selection } = props;
  const { items, hasMore, loadMore } = listing;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useElementWidth(scroller);
  const layout = useLayout(view, width);
  const isCompact = width <= COMPACT_WIDTH;
  const columns = useMemo(() => fitColumns(props.columns, width), [props.columns, width]);
  const hasHead = view === "list" && !isCompact;
  const headHeight = hasHead ? HEAD_HEIGHT : 0;

  const rows = useVirtualizer({
    count: width === 0 ? 0 : rowCount(layout, items.length),
    getScrollElement: () => scroller.current,
    estimateSize: () => layout.rowHeight,
    overscan: OVERSCAN[view],
    paddingStart: layout.paddingTop,
    // The last row can be scrolled clear of the messages and of the uploads.
    paddingEnd: 96,
    scrollPaddingStart: headHeight,
    initialOffset: scrollOf(props.name),
  });
  useLayoutEffect(() => rows.measure(), [rows, layout.rowHeight]);

  const { name } = props;
  useEffect(() => () => rememberScroll(name, rows.scrollOffset ?? 0), [name, rows]);

  // The list goes with its last file, and the keyboard stays where it was.
  useLayoutEffect(() => {
    const list = scroller.current;
    return () => {
      if (list?.contains(document.activeElement)) list.closest<HTMLElement>("#files")?.focus({ preventScroll: true });
    };
  }, []);

  useEffect(() => focusIfNowhere(scroller.current), []);

  const shown = rows.getVirtualItems();
  // As many as are ever drawn at once: however far it was scrolled, rows that leave lend their elements to those that come.
  const pool = Math.ceil((rows.scrollRect?.height ?? 0) / layout.rowHeight) + 2 * OVERSCAN[view] + 1;
  const lastShown = ((shown.at(-1)?.index ?? 0) + 1) * layout.columns;
  useEffect(() => {
    if (hasMore && lastShown + AHEAD > items.length) loadMore();
  }, [hasMore, lastShown, items.length, loadMore]);

  const visibleRows = () => Math.floor(((scroller.current?.clientHeight ?? 0) - headHeight) / layout.rowHeight);
  const show = (index: number) => rows.scrollToIndex(Math.floor(index / layout.columns), { align: "auto" });
  const pointer = useCollectionPointer({ ...props, layout, scroller, headHeight });
  const drag = useCollectionDrag(props, pointer.mayDrag);
  const onKeyDown = useCollectionKeys({ ...props, layout, visibleRows, show, scroller });

  // A focus set from outside (a new folder, a parent after going up) comes into view.
  const focusIndex = selection.focus === null ? -1 : listing.ids.indexOf(selection.focus);
  const lastFocus = useRef<string | null>(null);
  useEffect(() => {
    if (selection.focus === lastFocus.current || focusIndex < 0 || pointer.isBanding()) return;
    lastFocus.current = selection.focus;
    rows.scrollToIndex(Math.floor(focusIndex / layout.columns), { align: "auto" });
  });

  const common = (file: ListedFile, index: number) => ({
    file,
    index,
    isSelected: selection.ids.has(file.id),
    isFocused: selection.focus === file.id,
    isCut: props.cut.has(file.id),
    isDropTarget: drag.over === file.id,
    isRenaming: props.renaming === file.id,
    inTrash: props.inTrash,
    onRenamed: props.onRenamed,
    me: props.me,
  });

  return (
    <div
      ref={scroller}
      className={`collection ${view}`}
      role="grid"
      aria-label={props.label}
      aria-multiselectable="true"
      aria-rowcount={hasMore ? -1 : rowCount(layout, items.length) + (hasHead ? 1 : 0)}
      tabIndex={0}
      {...(focusIndex >= 0 && selection.focus ? { "aria-activedescendant": itemElementId(selection.focus) } : {})}
      style={{ "--template": trackTemplate(columns), "--pad": `${layout.padding}px` } as CSSProperties}
      onKeyDown={onKeyDown}
      {...pointer.handlers}
      {...drag.handlers}
    >
      {hasHead && <ListHead columns={columns} sort={props.sort} onSort={props.onSort} />}
      <div role="rowgroup" className="collection-body" style={{ blockSize: rows.getTotalSize() }}>
        {shown.map((row) => {
          if (view === "list") {
            const file = items[row.index];
            return file && <Row key={row.index % pool} {...common(file, row.index)} columns={columns} isCompact={isCompact} top={row.start} />;
          }
          const first = row.index * layout.columns;
          return (
            <div key={row.index % pool} role="row" aria-rowindex={row.index + 1} className="card-row" style={{ transform: `translateY(${row.start}px)`, gap: layout.gap }}>
              {items.slice(first, first + layout.columns).map((file, column) => (
                <Card key={column} {...common(file, first + column)} width={layout.cellWidth} height={layout.rowHeight - layout.gap} />
              ))}
            </div>
          );
        })}
        {pointer.band && (
          <div
            className="band"
            role="presentation"
            style={{
              left: pointer.band.left,
              top: Math.max(0, pointer.band.top),
              inlineSize: pointer.band.right - pointer.band.left,
              blockSize: pointer.band.bottom - Math.max(0, pointer.band.top),
            }}
          />
        )}
      </div>
    </div>
  );
}
