/** Which bytes belong to which part, and which parts the store still lacks. */

export interface Part {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** A part that the store lists. */
export interface ListedPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
}

/** A part that the store has acknowledged to us. */
export interface SentPart {
  readonly number: number;
  /** Null where a store on another origin keeps its ETag to itself. */
  readonly etag: string | null;
}

/** Return the parts of a file in order; an empty file has one empty part. */
export function planParts(size: number, partSize: number): Part[] {
  const count = Math.max(1, Math.ceil(size / partSize));
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    start: index * partSize,
    end: Math.min(size, (index + 1) * partSize),
  }));
}

/**
 * Return the parts that are still to be sent.
 *
 * One counts as there when the store lists it in its full length and has acknowledged
 * it to us: some stores keep a request that was broken off as a whole part, filled with zeros.
 */
export function missingParts(plan: readonly Part[], listed: readonly ListedPart[], sent: readonly SentPart[]): Part[] {
  const byNumber = new Map(listed.map((part) => [part.number, part]));
  const acknowledged = new Map(sent.map((part) => [part.number, part.etag]));
  return plan.filter(({ number, start, end }) => {
    const there = byNumber.get(number);
    const etag = acknowledged.get(number);
    if (there?.size !== end - start || etag === undefined) return true;
    return etag !== null && etag !== there.etag;
  });
}

export function bytesOf(parts: readonly Part[]): number {
  return parts.reduce((total, part) => total + part.end - part.start, 0);
}

/**
 * Return the range of part numbers to ask addresses for, starting at `from`.
 *
 * Ends at the last missing part within `max` numbers, so that parts the store has
 * at the end of the window cost nothing.
 */
export function addressWindow(
  missing: readonly Part[],
  from: number,
  max: number,
): { first: number; last: number } {
  let last = from;
  for (const part of missing) {
    if (part.number >= from && part.number < from + max) last = Math.max(last, part.number);
  }
  return { first: from, last };
}
