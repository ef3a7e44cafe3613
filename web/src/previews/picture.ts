/** Which of the pictures of an image is shown first: one that fills a screen, or the original. */
import type { PreviewFile } from "@/previews/file";
import { ownAddress } from "@/media/ownAddress";
import { isBrowserImage } from "@/previews/viewer";

/** Up to here an original costs no more than what was made of it. */
const SMALL_BYTES = 512 * 1024;
/** What was made of these does not move. */
const MOVING = new Set(["image/gif", "image/apng"]);

/** Return the address of what is shown before anybody looks closer; `original` is where the file itself is. */
export function firstAddress(file: PreviewFile, original: string): string {
  const large = file.media?.large_url ?? null;
  if (large === null) return original;
  const isCheap = file.size <= SMALL_BYTES || MOVING.has(file.mimetype);
  return isCheap && isBrowserImage(file) ? original : ownAddress(large);
}
