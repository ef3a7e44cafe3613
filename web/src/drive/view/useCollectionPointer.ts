/** Mouse and touch on a collection: click, Ctrl, Shift, box, double click, context menu. */
import { type MouseEvent, type PointerEvent, type RefObject, useRef } from "react";
import type { ListedFile } from "@/api/types";
import { itemsInBox, type Layout } from "@/drive/layout";
import { clear, extendTo, type Selection, selectBox, selectOnly, toggle } from "@/drive/selection";
import type { CollectionProps } from "@/drive/view/props";
import { useRubberBand } from "@/drive/view/useRubberBand";

interface PointerOptions extends CollectionProps {
  layout: Layout;
  scroller: RefObject<HTMLDivElement | null>;
  headHeight: number;
}

/** The file an event is about; null on empty space. */
export function fileAt(event: { target: EventTarget }, items: readonly ListedFile[]): ListedFile | null {
  const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-index]") : null;
  return cell ? (items[Number(cell.dataset.index)] ?? null) : null;
}

function roleAt(event: { target: EventTarget }): string | undefined {
  return event.target instanceof Element ? event.target.closest<HTMLElement>("[data-role]")?.dataset.role : undefined;
}

function isControl(event: { target: EventTarget }): boolean {
  return event.target instanceof Element && event.target.closest("button, input, a, .list-head") !== null;
}

function withModifier(event: MouseEvent): boolean {
  return event.shiftKey || event.ctrlKey || event.metaKey;
}

export function useCollectionPointer(options: PointerOptions) {
  const { listing, selection, onSelect, layout, scroller, headHeight } = options;
  const base = useRef<Selection | null>(null);
  /** Whether the press that is under way grabs items to drag them, rather than to draw a box. */
  const grabs = useRef(false);
  const { band, begin, justEnded } = useRubberBand({
    scroller,
    offsetTop: () => headHeight,
    onStart: (additive) => {
      base.current = additive ? selection : null;
    },
    onChange: (box) => {
      const inside = itemsInBox(layout, listing.items.length, box).flatMap((index) => listing.ids[index] ?? []);
      onSelect(() => selectBox(base.current, inside));
    },
  });

  function isOnScrollbar(event: PointerEvent): boolean {
    const frame = scroller.current;
    return frame !== null && event.clientX > frame.getBoundingClientRect().left + frame.clientWidth;
  }

  function onPointerDown(event: PointerEvent): void {
    const file = fileAt(event, listing.items);
    // An item is taken by its name or its icon, over which its check box lies; a selected one anywhere.
    const onName = event.target instanceof Element && event.target.closest("[data-grab], .check") !== null;
    grabs.current = file !== null && (onName || selection.ids.has(file.id));
    if (event.button !== 0 || event.pointerType !== "mouse" || isControl(event)) return;
    if (!file || !grabs.current) {
      if (!isOnScrollbar(event)) begin(event);
    } else if (!selection.ids.has(file.id) && !withModifier(event)) {
      onSelect(() => selectOnly(file.id));
    }
  }

  function select(event: MouseEvent, file: ListedFile): void {
    if (event.shiftKey) onSelect((now) => extendTo(now, file.id, listing.ids, event.ctrlKey || event.metaKey));
    else if (event.ctrlKey || event.metaKey) onSelect((now) => toggle(now, file.id));
    else onSelect(() => selectOnly(file.id));
  }

  function onClick(event: MouseEvent): void {
    if (justEnded.current) return;
    const file = fileAt(event, listing.items);
    const role = roleAt(event);
    if (!file) {
      if (!isControl(event)) onSelect(clear);
      return;
    }
    if (role === "check") {
      onSelect((now) => (event.shiftKey ? extendTo(now, file.id, listing.ids, true) : toggle(now, file.id)));
    } else if (role === "favorite") {
      options.onFavorite(file);
    } else if (role === "menu") {
      const corner = (event.target as Element).getBoundingClientRect(); // a click always has an element
      if (!selection.ids.has(file.id)) onSelect(() => selectOnly(file.id));
      options.onMenu({ x: corner.left, y: corner.bottom }, file);
    } else if (!isControl(event)) {
      press(event, file);
    }
  }

  function press(event: MouseEvent, file: ListedFile): void {
    const isTouch = event.nativeEvent instanceof globalThis.PointerEvent && event.nativeEvent.pointerType === "touch";
    if (!isTouch) select(event, file);
    else if (selection.ids.size > 0) onSelect((now) => toggle(now, file.id));
    else options.onOpen(file);
  }

  function onDoubleClick(event: MouseEvent): void {
    const file = fileAt(event, listing.items);
    if (file && !isControl(event) && !event.ctrlKey && !event.shiftKey) options.onOpen(file);
  }

  function onContextMenu(event: MouseEvent): void {
    if (event.target instanceof HTMLInputElement || (event.target instanceof Element && event.target.closest(".list-head"))) return;
    event.preventDefault();
    const file = fileAt(event, listing.items);
    if (file && !selection.ids.has(file.id)) onSelect(() => selectOnly(file.id));
    if (!file && event.button === 2) onSelect(clear);
    // A context menu asked for by key names the whole collection; the keyboard handler places it.
    if (event.button === 2 || file) options.onMenu({ x: event.clientX, y: event.clientY }, file);
  }

  return {
    band,
    isBanding: () => band !== null,
    mayDrag: () => grabs.current,
    handlers: { onPointerDown, onClick, onDoubleClick, onContextMenu },
  };
}
