/** The keyboard on a collection: arrows, ends, pages, with Shift and Ctrl; type-ahead; the menu key. */
import type { KeyboardEvent, RefObject } from "react";
import { isNavigationKey, type Layout, type NavigationKey, step } from "@/drive/layout";
import { clear, extendTo, focusOn, selectOnly, toggle } from "@/drive/selection";
import type { CollectionProps } from "@/drive/view/props";
import { itemElementId } from "@/drive/view/Item";
import { findByPrefix, useTypeAhead } from "@/drive/view/useTypeAhead";
import { reportError } from "@/ui/reportError";

interface KeyOptions extends CollectionProps {
  layout: Layout;
  visibleRows: () => number;
  show: (index: number) => void;
  scroller: RefObject<HTMLDivElement | null>;
}

export function useCollectionKeys(options: KeyOptions) {
  const { listing, selection, onSelect, layout, show } = options;
  const typing = useTypeAhead();
  const focused = selection.focus === null ? -1 : listing.ids.indexOf(selection.focus);

  function go(index: number, event: KeyboardEvent, ids: readonly string[] = listing.ids): void {
    const id = ids[index];
    if (id === undefined) return;
    if (event.shiftKey) onSelect((now) => extendTo(now, id, ids, event.ctrlKey));
    else if (event.ctrlKey || event.metaKey) onSelect((now) => focusOn(now, id));
    else onSelect(() => selectOnly(id));
    show(index);
  }

  function navigate(key: NavigationKey, event: KeyboardEvent): void {
    event.preventDefault();
    if (key === "End" && listing.hasMore) {
      listing.loadAll().then((ids) => go(ids.length - 1, event, ids)).catch(reportError);
      return;
    }
    go(step(layout, listing.ids.length, focused, key, options.visibleRows()), event);
  }

  function openMenu(): void {
    const file = listing.items[focused] ?? null;
    const element = (file && document.getElementById(itemElementId(file.id))) ?? options.scroller.current;
    const frame = element?.getBoundingClientRect();
    if (file && !selection.ids.has(file.id)) onSelect(() => selectOnly(file.id));
    if (frame) options.onMenu({ x: frame.left + 48, y: Math.min(frame.top + 28, frame.bottom) }, file);
  }

  function typeAhead(letter: string): void {
    const typed = typing.push(letter);
    const index = findByPrefix(listing.items.map((item) => item.filename), typed, focused);
    const id = listing.ids[index];
    if (id === undefined) return;
    onSelect(() => selectOnly(id));
    show(index);
  }

  function onSpecialKey(event: KeyboardEvent): boolean {
    const withCtrl = event.ctrlKey || event.metaKey;
    if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) openMenu();
    else if (event.key === " " && selection.focus !== null && !typing.isTyping()) onSelect((now) => (now.focus === null ? now : toggle(now, now.focus)));
    else if (withCtrl && event.key.toLowerCase() === "a") options.onSelectAll();
    else if (event.key === "Escape" && selection.ids.size > 0) onSelect(clear);
    else return false;
    return true;
  }

  return function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget) return;
    const withCtrl = event.ctrlKey || event.metaKey;
    if (isNavigationKey(event.key) && !event.altKey) navigate(event.key, event);
    else if (onSpecialKey(event)) event.preventDefault();
    else if (options.onCommand(event, listing.items[focused] ?? null)) event.preventDefault();
    else if (event.key.length === 1 && !withCtrl && !event.altKey && event.key !== "/") {
      event.preventDefault();
      typeAhead(event.key);
    }
  };
}
