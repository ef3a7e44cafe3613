/** The keyboard on a list of rows: arrows, ends and pages, Enter, Space, the menu key, letters. */
import type { KeyboardEvent } from "react";
import { findByPrefix, useTypeAhead } from "@/drive/view/useTypeAhead";
import { isNavigationKey, listLayout, step } from "@/drive/layout";
import type { RowListProps } from "@/repositories/rows/props";

interface Reach {
  focusIndex: number;
  focusOn: (index: number) => void;
  openMenu: (index: number) => void;
  pageSize: () => number;
}

const layout = listLayout(0);

export function useRowKeys<T>(list: RowListProps<T>, { focusIndex, focusOn, openMenu, pageSize }: Reach) {
  const typing = useTypeAhead();

  function typeAhead(letter: string): void {
    const typed = typing.push(letter);
    focusOn(findByPrefix(list.items.map(list.wordsOf), typed, focusIndex));
  }

  function act(event: KeyboardEvent): boolean {
    const item = list.items[focusIndex];
    if (isNavigationKey(event.key) && !event.altKey) focusOn(step(layout, list.items.length, focusIndex, event.key, pageSize()));
    else if (event.key === "Enter" && item !== undefined) list.onOpen(item);
    else if ((event.key === "Backspace" || (event.key === "ArrowUp" && event.altKey)) && list.onUp) list.onUp();
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) openMenu(focusIndex);
    else if (event.key === " " && !typing.isTyping() && item !== undefined) return mark(item);
    else return false;
    return true;
  }

  function mark(item: T): boolean {
    list.marks?.toggle(list.idOf(item));
    return list.marks !== undefined;
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
