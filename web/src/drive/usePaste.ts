/** Cut, copy and paste by keyboard: of the drive's files, and of files from the machine. */
import { useEffect } from "react";
import type { ListedFile } from "@/api/types";
import type { NamedTarget } from "@/drive/targets";
import type { Actions } from "@/drive/actions/useActions";
import { clip, pasteInto } from "@/drive/actions/clipping";
import { useUploads } from "@/uploads";

/** Text fields and dialogs keep these keys to themselves. */
function isElsewhere(event: Event): boolean {
  const element = event.target instanceof Element ? event.target : null;
  return (element?.closest("input, textarea, [contenteditable], [role=dialog], [role=alertdialog]") ?? null) !== null;
}

/** Selected words, of a key for example, are what the person means to copy. */
function hasSelectedWords(): boolean {
  return (getSelection()?.toString() ?? "") !== "";
}

export function usePaste(target: NamedTarget | null, selected: readonly ListedFile[], actions: Actions, inTrash: boolean): void {
  const { addFiles } = useUploads();

  useEffect(() => {
    function onClip(event: ClipboardEvent) {
      if (isElsewhere(event) || hasSelectedWords() || selected.length === 0 || inTrash) return;
      event.preventDefault();
      // Other programs get the keys, one a line.
      event.clipboardData?.setData("text/plain", selected.map((file) => file.key).join("\n"));
      clip(event.type === "cut" ? "cut" : "copy", selected);
    }

    function onPaste(event: ClipboardEvent) {
      if (isElsewhere(event) || !target) return;
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0) addFiles(files, target);
      else void pasteInto(target, actions);
    }

    document.addEventListener("copy", onClip);
    document.addEventListener("cut", onClip);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onClip);
      document.removeEventListener("cut", onClip);
      document.removeEventListener("paste", onPaste);
    };
  }, [target, selected, actions, inTrash, addFiles]);
}
