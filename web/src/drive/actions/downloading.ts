/** Saving files to the person's machine. */
import { downloadAddress } from "@/api/drive";
import type { DriveFile } from "@/api/types";
import { text } from "@/text";
import { reportError } from "@/ui/reportError";
import { showToast } from "@/ui/toasts";

/** The most that the service puts into one zip. */
const MAX_ZIP_ITEMS = 1000;

export async function download(files: readonly Pick<DriveFile, "id" | "is_folder">[]): Promise<void> {
  if (files.length === 0) return;
  if (files.length > MAX_ZIP_ITEMS) {
    showToast(text.drive.failed.zipTooMany(MAX_ZIP_ITEMS), { tone: "error" });
    return;
  }
  try {
    follow(await downloadAddress(files));
  } catch (error) {
    reportError(error);
  }
}

export function follow(address: string): void {
  // A link the browser itself follows: the bytes stream to disk and never pass through the page.
  const link = document.createElement("a");
  link.href = address;
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
