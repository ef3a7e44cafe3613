/** The beginning of a text file: fetched no further than needed, decoded as well as can be. */

export const MAX_TEXT_BYTES = 1024 * 1024;

export interface DecodedText {
  readonly text: string;
  /** False when the bytes are not the UTF they should be and stand for Latin-1 instead. */
  readonly isUnicode: boolean;
}

/** Return at most `limit` bytes from the start, also from a store that knows no ranges. */
export async function fetchStart(url: string, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { headers: { Range: `bytes=0-${String(limit - 1)}` }, signal, credentials: "same-origin" });
  if (!response.ok || response.body === null) throw new Error(`the store answered ${String(response.status)}`);
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < limit) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  await reader.cancel();
  return joined(chunks, Math.min(length, limit));
}

/** Return the text of bytes; `isCut` allows a character that is torn at the end. */
export function decode(bytes: Uint8Array, isCut: boolean): DecodedText {
  try {
    const decoder = new TextDecoder(encodingOf(bytes), { fatal: true });
    return { text: decoder.decode(bytes, { stream: isCut }), isUnicode: true };
  } catch {
    // Not what its first bytes promise: in Latin-1 every byte is some character.
    return { text: new TextDecoder("latin1").decode(bytes), isUnicode: false };
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return "utf-8";
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, length - offset);
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
