/** The selection of a view, kept true while its list changes. */
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Listing } from "@/drive/listing";
import { focusOf, onReveal, rememberFocus, revealed, wantedFile } from "@/drive/reveal";
import { nothing, prune, selectAll, type Selection, selectOnly } from "@/drive/selection";
import { focusFiles } from "@/ui/focusFiles";
import { reportError } from "@/ui/reportError";

export function useBrowserSelection(name: string, listing: Listing) {
  const { ids, items, hasMore, loadMore, loadAll } = listing;
  const [selection, setSelection] = useState<Selection>(() => ({ ...nothing, focus: focusOf(name), anchor: focusOf(name) }));
  const [isSelectingAll, setSelectingAll] = useState(false);

  // Pruned while rendering, so that no action can meet an item that is gone.
  const [seen, setSeen] = useState(ids);
  if (seen !== ids && ids.length > 0) {
    setSeen(ids);
    if (seen.length > 0) setSelection(prune(selection, seen, ids));
  } else if (seen !== ids && !listing.isLoading) {
    setSeen(ids);
    setSelection(nothing);
  }

  useEffect(() => rememberFocus(name, selection.focus), [name, selection.focus]);

  const wanted = useSyncExternalStore(onReveal, () => wantedFile(name));
  useEffect(() => {
    if (wanted === null || listing.isLoading) return;
    if (ids.includes(wanted)) {
      setSelection(selectOnly(wanted));
      revealed();
      focusFiles();
    } else if (hasMore) loadMore();
  }, [wanted, ids, hasMore, loadMore, listing.isLoading]);

  const selectEverything = useCallback(async () => {
    setSelection((now) => selectAll(now, ids));
    if (!hasMore) return;
    setSelectingAll(true);
    try {
      const all = await loadAll();
      setSelection((now) => selectAll(now, all));
    } catch (error) {
      reportError(error);
    } finally {
      setSelectingAll(false);
    }
  }, [ids, hasMore, loadAll]);

  const selected = useMemo(() => items.filter((item) => selection.ids.has(item.id)), [items, selection.ids]);
  return { selection, setSelection, selected, selectEverything, isSelectingAll };
}
