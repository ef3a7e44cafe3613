/** Cut, copy and paste of the drive's files. */
import type { DriveFile } from "@/api/types";
import type { NamedTarget } from "@/drive/targets";
import type { Actions } from "@/drive/actions/useActions";
import { getClipboard, setClipboard } from "@/drive/clipboard";
import { text } from "@/text";
import { showToast } from "@/ui/toasts";

/** Puts files on the clipboard of the page, to be pasted into another folder. */
export function clip(mode: "cut" | "copy", files: readonly DriveFile[]): void {
  setClipboard({ mode, files });
  const names = files.map((file) => file.filename);
  const say = mode === "cut" ? text.drive.done.clipboardCut : text.drive.done.clipboardCopied;
  showToast(say(names), { timeout: 3_000 });
}

/** What was copied can be pasted again; what was cut is pasted once. */
export async function pasteInto(target: NamedTarget, actions: Actions): Promise<void> {
  const clipboard = getClipboard();
  if (!clipboard) return;
  if (clipboard.mode === "copy") {
    await actions.copy(clipboard.files, target);
    return;
  }
  setClipboard(null);
  await actions.move(clipboard.files, target);
}
