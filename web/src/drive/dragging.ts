/** Dragging files of the drive, and dropping them or files from outside. */
import { type DragEvent, useState } from "react";
import type { DriveFile } from "@/api/types";
import { text } from "@/text";

const TYPE = "application/x-keyshelf-files";

/** A browser hides the payload until the drop, so what is dragged is kept here. */
let dragged: readonly DriveFile[] | null = null;

export function draggedFiles(): readonly DriveFile[] | null {
  return dragged;
}

/** Whether the drag brings files from outside of the page. */
export function carriesUpload(transfer: DataTransfer): boolean {
  return dragged === null && transfer.types.includes("Files");
}

export function startDrag(event: DragEvent, files: readonly DriveFile[]): void {
  dragged = files;
  event.dataTransfer.setData(TYPE, files.map((file) => file.id).join(" "));
  event.dataTransfer.effectAllowed = "copyMove";
  const image = document.createElement("div");
  image.className = "drag-image";
  image.textContent = files.length === 1 ? (files[0]?.filename ?? "") : text.drive.items(files.length);
  document.body.append(image);
  event.dataTransfer.setDragImage(image, -12, -8);
  // The browser takes its picture after this handler; then the element may go.
  requestAnimationFrame(() => requestAnimationFrame(() => image.remove()));
  const end = () => {
    dragged = null;
    window.removeEventListener("dragend", end, true);
    window.removeEventListener("drop", end);
  };
  // A virtual row may be gone when the drag ends, and then no dragend is fired for it.
  window.addEventListener("dragend", end, true);
  window.addEventListener("drop", end);
}

export interface DropRules {
  accepts: (files: readonly DriveFile[]) => boolean;
  onFiles: (files: readonly DriveFile[], copy: boolean) => void;
  onUpload?: (transfer: DataTransfer) => void;
}

/** Tells the browser whether this drag may be dropped here; true when it may. */
export function allowDrop(event: DragEvent, rules: DropRules): boolean {
  const files = draggedFiles();
  if (files ? rules.accepts(files) : rules.onUpload && carriesUpload(event.dataTransfer)) {
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = files && !event.ctrlKey ? "move" : "copy";
    return true;
  }
  return false;
}

export function takeDrop(event: DragEvent, rules: DropRules): void {
  if (!allowDrop(event, rules)) return;
  const files = draggedFiles();
  dragged = null;
  if (files) rules.onFiles(files, event.ctrlKey);
  else rules.onUpload?.(event.dataTransfer);
}

/** Makes an element a place to drop on. */
export function useDropTarget(rules: DropRules | null) {
  const [isOver, setOver] = useState(false);
  const props = rules
    ? {
        onDragOver: (event: DragEvent) => setOver(allowDrop(event, rules)),
        onDragLeave: () => setOver(false),
        onDrop: (event: DragEvent) => {
          setOver(false);
          takeDrop(event, rules);
        },
      }
    : {};
  return { isOver, props };
}
