/** Which items are selected: pure steps from one selection to the next, as desktop file managers do them. */

export interface Selection {
  ids: ReadonlySet<string>;
  /** Where a Shift range starts. */
  anchor: string | null;
  /** The item the keyboard is on. */
  focus: string | null;
}

export const nothing: Selection = { ids: new Set(), anchor: null, focus: null };

export function selectOnly(id: string): Selection {
  return { ids: new Set([id]), anchor: id, focus: id };
}

export function toggle(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id, focus: id };
}

/** Selects from the anchor to `id`; with `keep`, what was selected elsewhere stays. */
export function extendTo(selection: Selection, id: string, order: readonly string[], keep = false): Selection {
  const end = order.indexOf(id);
  if (end < 0) return selection;
  const anchored = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const start = anchored < 0 ? end : anchored;
  const range = order.slice(Math.min(start, end), Math.max(start, end) + 1);
  return {
    ids: new Set(keep ? [...selection.ids, ...range] : range),
    anchor: order[start] ?? id,
    focus: id,
  };
}

/** Moves the keyboard without selecting (Ctrl and an arrow). */
export function focusOn(selection: Selection, id: string): Selection {
  return { ...selection, focus: id };
}

export function selectAll(selection: Selection, order: readonly string[]): Selection {
  return { ids: new Set(order), anchor: selection.anchor ?? order[0] ?? null, focus: selection.focus ?? order[0] ?? null };
}

export function clear(selection: Selection): Selection {
  return { ids: new Set(), anchor: selection.focus, focus: selection.focus };
}

/** What a box over `inside` selects; with a base (Ctrl or Shift), those items change sides of it. */
export function selectBox(base: Selection | null, inside: readonly string[]): Selection {
  const ids = new Set(base?.ids);
  for (const id of inside) {
    if (base?.ids.has(id)) ids.delete(id);
    else ids.add(id);
  }
  const last = inside.at(-1) ?? base?.focus ?? null;
  return { ids, anchor: inside[0] ?? base?.anchor ?? null, focus: last };
}

/**
 * Drops what is no longer listed. When the focused item went, the keyboard moves to
 * the item that took its place (`before` is the order in which it still stood).
 */
export function prune(selection: Selection, before: readonly string[], order: readonly string[]): Selection {
  const present = new Set(order);
  const ids = [...selection.ids].filter((id) => present.has(id));
  const focusLost = selection.focus !== null && !present.has(selection.focus);
  if (ids.length === selection.ids.size && !focusLost) return selection;

  let focus = selection.focus;
  if (focusLost) {
    const place = before.indexOf(selection.focus ?? "");
    focus = before.slice(place).find((id) => present.has(id)) ?? order.at(-1) ?? null;
  }
  const anchor = selection.anchor !== null && present.has(selection.anchor) ? selection.anchor : focus;
  return { ids: new Set(ids), anchor, focus };
}
