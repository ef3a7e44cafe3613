/** Drop anywhere to upload: says where the files will go while they hang over the page. */
import { type DragEvent, type ReactNode, useState } from "react";
import type { NamedTarget } from "@/drive/targets";
import { carriesUpload } from "@/drive/dragging";
import { text } from "@/text";
import { Icon } from "@/ui/Icon";
import { visible } from "@/ui/visible";
import { useUploads } from "@/uploads";

interface DropZoneProps {
  target: NamedTarget | null;
  className: string;
  children: ReactNode;
}

export function DropZone({ target, className, children }: DropZoneProps) {
  const { addDataTransfer } = useUploads();
  const [isOver, setOver] = useState(false);

  function onDragOver(event: DragEvent) {
    if (!target || !carriesUpload(event.dataTransfer)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    setOver(true);
  }

  function onDragLeave(event: DragEvent) {
    const to = event.relatedTarget;
    if (!(to instanceof Node) || !event.currentTarget.contains(to)) setOver(false);
  }

  function onDrop(event: DragEvent) {
    setOver(false);
    if (!target || !carriesUpload(event.dataTransfer)) return;
    event.preventDefault();
    addDataTransfer(event.dataTransfer, target);
  }

  return (
    // A folder among the items keeps the drag to itself; then only the capturing handlers run, and the overlay goes.
    <div
      className={className}
      onDragOverCapture={() => setOver(false)}
      onDropCapture={() => setOver(false)}
      onDragOver={onDragOver}
      onDragLeave={onDragLeave}
      onDrop={onDrop}
    >
      {children}
      {isOver && target && (
        <div className="drop-overlay" aria-hidden="true">
          <div className="drop-words">
            <Icon name="upload" size={32} />
            <strong>{text.drive.dropTitle(visible(target.name))}</strong>
            <span>{text.drive.dropHint}</span>
          </div>
        </div>
      )}
    </div>
  );
}
