/** Saving files to the person's machine. */
import { downloadAddress } from "@/api/drive";
import type { DriveFile } from "@/api/types";
import { text } from "@/text";
import { showToast } from "@/ui/toasts";

/** The ids of a zip stand in its address, and addresses have bounds everywhere on the way. */
const MAX_ZIP_ITEMS = 100;

export function download(files: readonly DriveFile[]): void {
  if (files.length === 0) return;
  if (files.length > MAX_ZIP_ITEMS) {
    showToast(text.drive.failed.zipTooMany, { tone: "error" });
    return;
  }
  // A link the browser itself follows: the bytes stream to disk and never pass through the page.
  const link = document.createElement("a");
  link.href = downloadAddress(files);
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}

export async function copyText(value: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(value);
    showToast(said, { tone: "success" });
  } catch {
    if (copyByHand(value)) showToast(said, { tone: "success" });
    else showToast(text.drive.failed.copyKey, { tone: "error" });
  }
}

/** The old way, which also works where the page was not loaded over HTTPS. */
function copyByHand(value: string): boolean {
  const field = document.createElement("textarea");
  field.value = value;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the clipboard API is there on secure origins only
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}
