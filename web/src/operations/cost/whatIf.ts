/** What the sliders of the what-if stand for, and how it is asked. */

const COLDER = ["warm", "cold", "archive"] as const;
export type Colder = (typeof COLDER)[number];
export const DAYS = [0, 7, 14, 30, 60, 90, 120, 180, 270, 365] as const;
export const REPLICAS = [0, 1, 2, 3] as const;
/** The first leaves it as it is. */
export const CHUNKS = [null, "16KiB", "32KiB", "64KiB", "128KiB", "256KiB", "512KiB", "1MiB", "4MiB"] as const;
export const PACKS = [null, "4MiB", "16MiB", "64MiB", "256MiB"] as const;

/** Places on the sliders. */
export interface WhatIf {
  /** The class that old chunks go to; 0 for none, then as in the classes that have prices. */
  to: number;
  days: number;
  replicas: number;
  chunk: number;
  pack: number;
  /** Whether objects keep their tags, which S3 bills one by one. */
  hasTags: boolean;
}

export const AS_IT_IS: WhatIf = { to: 0, days: 3, replicas: 0, chunk: 0, pack: 0, hasTags: true };

/** The classes that chunks can go to: those that the store's table of prices has. */
export function colder(classes: readonly string[]): Colder[] {
  return COLDER.filter((name) => classes.includes(name));
}

/** The changes as the service takes them; empty where nothing is to be otherwise. */
export function changesOf({ to, days, replicas, chunk, pack, hasTags }: WhatIf, classes: readonly Colder[]): string {
  const name = classes[to - 1];
  const older = DAYS[days] ?? 0;
  const changes = [
    CHUNKS[chunk] && `chunk=${CHUNKS[chunk]}`,
    PACKS[pack] && `pack=${PACKS[pack]}`,
    !hasTags && "tags=0",
    name && (older === 0 ? `class=${name}` : `tier=${name}:${older}`),
    REPLICAS[replicas] && `replicas=${REPLICAS[replicas]}`,
  ];
  return changes.filter(Boolean).join(",");
}

/** After how many months a change has paid for itself; null when it never does. */
export function monthsUntilPaid({ difference, once }: { difference: number; once: number }): number | null {
  if (once <= 0) return difference <= 0 ? 0 : null;
  return difference < 0 ? once / -difference : null;
}

/** `16 MiB` of `16MiB`. */
export function sizeWords(size: string): string {
  return size.replace(/(\d)([A-Z])/i, "$1 $2");
}
