/** Dragging the selected files, and dropping on the folders among the items. */
import { type DragEvent, useState } from "react";
import { allowDrop, type DropRules, startDrag, takeDrop } from "@/drive/dragging";
import type { CollectionProps } from "@/drive/view/props";
import { fileAt } from "@/drive/view/useCollectionPointer";

export function useCollectionDrag(props: CollectionProps, mayDrag: () => boolean) {
  const { listing, selection } = props;
  const [over, setOver] = useState<string | null>(null);

  function rulesAt(event: DragEvent): { rules: DropRules; id: string } | null {
    const folder = fileAt(event, listing.items);
    if (!folder?.is_folder || props.inTrash) return null;
    const rules: DropRules = {
      accepts: (files) => files.every((file) => file.id !== folder.id),
      onFiles: (files, copy) => props.onDropFiles(files, folder, copy),
      onUpload: (transfer) => props.onDropUpload(transfer, folder),
    };
    return { rules, id: folder.id };
  }

  function onDragStart(event: DragEvent): void {
    const file = fileAt(event, listing.items);
    if (!file || props.inTrash || !mayDrag()) {
      event.preventDefault();
      return;
    }
    const files = selection.ids.has(file.id) ? listing.items.filter((item) => selection.ids.has(item.id)) : [file];
    startDrag(event, files);
  }

  function onDragOver(event: DragEvent): void {
    const found = rulesAt(event);
    setOver(found && allowDrop(event, found.rules) ? found.id : null);
  }

  function onDrop(event: DragEvent): void {
    setOver(null);
    const found = rulesAt(event);
    if (found) takeDrop(event, found.rules);
  }

  return { over, handlers: { onDragStart, onDragOver, onDrop, onDragLeave: () => setOver(null), onDragEnd: () => setOver(null) } };
}
