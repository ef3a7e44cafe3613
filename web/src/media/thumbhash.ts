/** Placeholders of pictures, decoded from the few bytes that the list brings along. */
import { thumbHashToApproximateAspectRatio, thumbHashToRGBA, rgbaToDataURL } from "thumbhash";

/** As many as a long scroll shows; each is about 4 kB. */
const KEPT = 500;

export interface Placeholder {
  url: string;
  /** Width to height. */
  aspect: number;
  /** Something of the picture can be seen through. */
  isTransparent: boolean;
}

const decoded = new Map<string, Placeholder | null>();

/** Return the placeholder of a ThumbHash in base64; null of one that is none. */
export function placeholderOf(hash: string | null | undefined): Placeholder | null {
  if (!hash) return null;
  const known = decoded.get(hash);
  if (known !== undefined) return known;
  const made = decode(hash);
  const [oldest] = decoded.keys();
  if (decoded.size >= KEPT && oldest !== undefined) decoded.delete(oldest);
  decoded.set(hash, made);
  return made;
}

function decode(hash: string): Placeholder | null {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
  // The fixed part; the rest depends on it, and what is missing counts as nothing.
  if (bytes.length < 5) return null;
  const { w, h, rgba } = thumbHashToRGBA(bytes);
  const isTransparent = ((bytes[2] ?? 0) & 0x80) !== 0;
  return { url: rgbaToDataURL(w, h, rgba), aspect: thumbHashToApproximateAspectRatio(bytes), isTransparent };
}
