/** A virtual list of rows that are looked at and opened: by pointer, keyboard and screen reader, however many. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type MouseEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { COMPACT_WIDTH } from "@/drive/layout";
import { rememberScroll, scrollOf } from "@/drive/view/scrolls";
import { fitColumns, trackTemplate } from "@/repositories/rows/columns";
import type { RowListProps } from "@/repositories/rows/props";
import { Row, rowElementId } from "@/repositories/rows/Row";
import { useRowKeys } from "@/repositories/rows/useRowKeys";
import { focusIfNowhere } from "@/ui/focusFiles";
import { ContextMenu } from "@/ui/Menu";
import { useElementWidth } from "@/ui/useElementWidth";
import "@/drive/view/collection.css";
import "@/repositories/rows/rows.css";

/** Rows to have in hand below the last one on show. */
const AHEAD = 80;
const OVERSCAN = 8;
const HEAD_HEIGHT = 36;
const NAME_WIDTH = 240;

/** Which row had the keyboard when a view was left, so that going back finds it. */
const focusedRows = new Map<string, string>();

/** The second press of a double click falls on what the first has opened: it selects no text there. */
function selectNothingWithTheNextPress(): void {
  const onPress = (next: globalThis.MouseEvent): void => {
    if (next.detail > 1) next.preventDefault();
  };
  window.addEventListener("mousedown", onPress, { capture: true, once: true });
}

export function RowList<T>(props: RowListProps<T>) {
  const { name, idOf, heights } = props;
  const { items, hasMore, loadMore, loadAll } = props.list;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useElementWidth(scroller);
  const isCompact = width <= COMPACT_WIDTH;
  const rowHeight = isCompact ? heights.compact : heights.wide;
  const columns = useMemo(() => (isCompact ? [] : fitColumns(props.columns, width, props.nameWidth ?? NAME_WIDTH)), [props.columns, props.nameWidth, width, isCompact]);
  const hasHead = props.nameTitle !== undefined && !isCompact;
  const headHeight = hasHead ? HEAD_HEIGHT : 0;
  const [focus, setFocus] = useState<string | null>(() => focusedRows.get(name) ?? null);
  const [menu, setMenu] = useState<{ at: { x: number; y: number }; item: T } | null>(null);

  const rows = useVirtualizer({
    count: width === 0 ? 0 : items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    paddingEnd: 64,
    scrollPaddingStart: headHeight,
    initialOffset: scrollOf(name),
  });
  useLayoutEffect(() => rows.measure(), [rows, rowHeight]);
  useEffect(() => () => rememberScroll(name, rows.scrollOffset ?? 0), [name, rows]);

  useEffect(() => focusIfNowhere(scroller.current), []);

  const shown = rows.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastShown + AHEAD > items.length) loadMore();
  }, [hasMore, lastShown, items.length, loadMore]);

  const focusIndex = useMemo(() => (focus === null ? -1 : items.findIndex((item) => idOf(item) === focus)), [focus, items, idOf]);

  function focusOn(index: number): void {
    const item = items[index];
    if (item === undefined) return;
    setFocus(idOf(item));
    focusedRows.set(name, idOf(item));
    rows.scrollToIndex(index, { align: "auto" });
  }

  // The last row is where it is once all are there.
  const seeksEnd = useRef(false);
  useEffect(() => {
    if (!seeksEnd.current || hasMore) return;
    seeksEnd.current = false;
    focusOn(items.length - 1);
  });
  function goToEnd(): void {
    seeksEnd.current = hasMore;
    if (hasMore) loadAll();
    else focusOn(items.length - 1);
  }

  function openMenu(index: number, at?: { x: number; y: number }): void {
    const item = items[index];
    const frame = document.getElementById(rowElementId(index))?.getBoundingClientRect();
    if (item === undefined || !frame) return;
    focusOn(index);
    setMenu({ at: at ?? { x: frame.left + 48, y: Math.min(frame.top + 28, frame.bottom) }, item });
  }

  const onKeyDown = useRowKeys(props, {
    focusIndex,
    focusOn,
    goToEnd,
    openMenu,
    pageSize: () => Math.floor(((scroller.current?.clientHeight ?? 0) - headHeight) / rowHeight),
  });

  function onClick(event: MouseEvent): void {
    const index = indexAt(event);
    const item = items[index];
    if (item === undefined) return;
    const role = roleAt(event);
    focusOn(index);
    if (role === "check") props.marks?.toggle(idOf(item));
    else if (role === "menu") {
      const corner = (event.target as Element).getBoundingClientRect(); // a click always has an element
      openMenu(index, { x: corner.left, y: corner.bottom });
    } else if (!isLink(event)) {
      selectNothingWithTheNextPress();
      props.onOpen(item);
    }
  }

  function onContextMenu(event: MouseEvent): void {
    const index = indexAt(event);
    // A menu asked for by key names the whole list; the keyboard handler places it.
    if (index < 0 || event.button !== 2) return;
    event.preventDefault();
    openMenu(index, { x: event.clientX, y: event.clientY });
  }

  return (
    <>
      <div
        ref={scroller}
        className="collection list rows"
        role="grid"
        aria-label={props.label}
        {...(props.hint === undefined ? {} : { "aria-description": props.hint })}
        aria-rowcount={hasMore ? -1 : items.length + (hasHead ? 1 : 0)}
        {...(props.marks ? { "aria-multiselectable": true } : {})}
        tabIndex={0}
        {...(focusIndex >= 0 ? { "aria-activedescendant": rowElementId(focusIndex) } : {})}
        style={{ "--template": trackTemplate(columns), "--row-height": `${rowHeight}px` } as CSSProperties}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onContextMenu={onContextMenu}
      >
        {hasHead && (
          <div role="rowgroup" className="list-head">
            <div role="row" aria-rowindex={1} className="head-row">
              <div role="columnheader" className="cell-name head-name">{props.nameTitle}</div>
              {columns.map(({ id, title, align, hint }) => (
                <div key={id} role="columnheader" className={`cell ${align ?? ""}`} title={hint}>
                  <span className="head-title truncate">{title}</span>
                </div>
              ))}
            </div>
          </div>
        )}
        <div role="rowgroup" className="collection-body" style={{ blockSize: rows.getTotalSize() }}>
          {shown.map(({ index, start }) => {
            const item = items[index];
            return (
              item !== undefined && (
                <Row key={idOf(item)} view={props} item={item} index={index} columns={columns} isCompact={isCompact} isFocused={index === focusIndex} top={start} offset={hasHead ? 2 : 1} />
              )
            );
          })}
        </div>
      </div>
      {menu && <ContextMenu label={props.menuLabel(menu.item)} at={menu.at} groups={props.menuOf(menu.item)} onClose={() => setMenu(null)} />}
    </>
  );
}

function indexAt(event: MouseEvent): number {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-index]") : null;
  return row ? Number(row.dataset.index) : -1;
}

function roleAt(event: MouseEvent): string | undefined {
  return event.target instanceof Element ? event.target.closest<HTMLElement>("[data-role]")?.dataset.role : undefined;
}

/** A link opens by itself, in another tab where the person asks for that. */
function isLink(event: MouseEvent): boolean {
  return event.target instanceof Element && event.target.closest("a") !== null;
}
