/** The keyboard on a list of rows: arrows, ends and pages, Enter, Space, the menu key, letters. */
import type { KeyboardEvent } from "react";
import { findByPrefix, useTypeAhead } from "@/drive/view/useTypeAhead";
import { isNavigationKey, listLayout, step } from "@/drive/layout";
import type { RowListProps } from "@/repositories/rows/props";

interface Reach {
  focusIndex: number;
  focusOn: (index: number) => void;
  goToEnd: () => void;
  openMenu: (index: number) => void;
  pageSize: () => number;
}

const layout = listLayout(0);

export function useRowKeys<T>(view: RowListProps<T>, { focusIndex, focusOn, goToEnd, openMenu, pageSize }: Reach) {
  const { items } = view.list;
  const typing = useTypeAhead();

  function typeAhead(letter: string): void {
    const typed = typing.push(letter);
    focusOn(findByPrefix(items.map(view.wordsOf), typed, focusIndex));
  }

  function act(event: KeyboardEvent): boolean {
    if (event.key === "End") goToEnd();
    else if (isNavigationKey(event.key) && !event.altKey) focusOn(step(layout, items.length, focusIndex, event.key, pageSize()));
    else if ((event.key === "Backspace" || (event.key === "ArrowUp" && event.altKey)) && view.onUp) view.onUp();
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) openMenu(focusIndex);
    else return actOnItem(event);
    return true;
  }

  function actOnItem(event: KeyboardEvent): boolean {
    const item = items[focusIndex];
    if (item === undefined) return false;
    if (event.key === "Enter") view.onOpen(item);
    else if (event.key === " " && view.marks && !typing.isTyping()) view.marks.toggle(view.idOf(item));
    else return false;
    return true;
  }

  return function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget) return;
    if (act(event)) event.preventDefault();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== "/") {
      event.preventDefault();
      typeAhead(event.key);
    }
  };
}
