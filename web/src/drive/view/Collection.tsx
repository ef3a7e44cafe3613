/** The files of a view as a virtual list or grid: pointer, keyboard, drag and drop on any number of items. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { Sort } from "@/api/drive";
import type { ListedFile, SortKey } from "@/api/types";
import { type ColumnId, fitColumns, trackTemplate } from "@/drive/columns";
import { COMPACT_WIDTH, gridLayout, listLayout, rowCount } from "@/drive/layout";
import type { Listing } from "@/drive/listing";
import type { Selection } from "@/drive/selection";
import { Card, itemElementId, Row } from "@/drive/view/Item";
import { ListHead } from "@/drive/view/ListHead";
import { useCollectionDrag } from "@/drive/view/useCollectionDrag";
import { useCollectionKeys } from "@/drive/view/useCollectionKeys";
import { useCollectionPointer } from "@/drive/view/useCollectionPointer";
import { rememberScroll, scrollOf } from "@/drive/view/scrolls";
import { useElementWidth } from "@/ui/useElementWidth";
import "@/drive/view/collection.css";

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
  onCommand: (event: React.KeyboardEvent, focused: ListedFile | null) => boolean;
  onDropFiles: (files: readonly ListedFile[], folder: ListedFile, copy: boolean) => void;
  onDropUpload: (transfer: DataTransfer, folder: ListedFile) => void;
}

/** Rows to have in hand below the last one on show. */
const AHEAD = 150;
const HEAD_HEIGHT = 36;
let isFirstView = true;
/** More rows than are ever drawn at once; a row that leaves lends its elements to one that comes. */
const ROW_POOL = 256;

export function Collection(props: CollectionProps) {
  const { listing, view, selection } = props;
  const { items, hasMore, loadMore } = listing;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useElementWidth(scroller);
  const layout = useMemo(() => (view === "list" ? listLayout(width) : gridLayout(width)), [view, width]);
  const columns = useMemo(() => fitColumns(props.columns, width), [props.columns, width]);
  const hasHead = view === "list" && width > COMPACT_WIDTH;
  const headHeight = hasHead ? HEAD_HEIGHT : 0;

  const rows = useVirtualizer({
    count: width === 0 ? 0 : rowCount(layout, items.length),
    getScrollElement: () => scroller.current,
    estimateSize: () => layout.rowHeight,
    overscan: view === "list" ? 12 : 3,
    paddingStart: layout.paddingTop,
    // The last row can be scrolled clear of the messages and of the uploads.
    paddingEnd: 96,
    scrollPaddingStart: headHeight,
    initialOffset: scrollOf(props.name),
  });
  useLayoutEffect(() => rows.measure(), [rows, layout.rowHeight]);

  const { name } = props;
  useEffect(() => () => rememberScroll(name, rows.scrollOffset ?? 0), [name, rows]);

  // Whoever opened a folder by keyboard goes on in it; the first page of all begins at its top.
  useEffect(() => {
    if (document.activeElement === document.body && !isFirstView) scroller.current?.focus({ preventScroll: true });
    isFirstView = false;
  }, []);

  const shown = rows.getVirtualItems();
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
            return file && <Row key={row.index % ROW_POOL} {...common(file, row.index)} columns={columns} top={row.start} />;
          }
          const first = row.index * layout.columns;
          return (
            <div key={row.key} role="row" aria-rowindex={row.index + 1} className="card-row" style={{ transform: `translateY(${row.start}px)`, gap: layout.gap }}>
              {items.slice(first, first + layout.columns).map((file, column) => (
                <Card key={file.id} {...common(file, first + column)} width={layout.cellWidth} height={layout.rowHeight - layout.gap} />
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
