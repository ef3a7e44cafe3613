/** Which bytes belong to which part, and which parts the store still lacks. */

export interface Part {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

export interface UploadedPart {
  readonly part_number: number;
  readonly size: number;
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

/** Return the parts that the store has not, or has with another length. */
export function missingParts(plan: readonly Part[], uploaded: readonly UploadedPart[]): Part[] {
  const sizes = new Map(uploaded.map((part) => [part.part_number, part.size]));
  return plan.filter((part) => sizes.get(part.number) !== part.end - part.start);
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
