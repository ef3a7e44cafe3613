/** What storing each piece once has saved. */

interface Sizes {
  logical_bytes: number;
  stored_bytes: number;
}

/** The share of the bytes of all versions that did not have to be stored, 0 to 1; null while there is nothing. */
export function savedShare({ logical_bytes: logical, stored_bytes: stored }: Sizes): number | null {
  if (logical <= 0) return null;
  return Math.max(0, 1 - stored / logical);
}

/** Whole percents; all of it is never claimed while something is stored. */
export function savedPercent(sizes: Sizes): number | null {
  const share = savedShare(sizes);
  if (share === null) return null;
  return Math.min(Math.round(share * 100), sizes.stored_bytes > 0 ? 99 : 100);
}
