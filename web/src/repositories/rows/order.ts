/** The order in which what lies in a folder is shown. */

/** What lies in a folder. */
interface Named {
  name: string;
}

const byName = new Intl.Collator("en-GB", { numeric: true });

/**
 * Folders first and names as people sort them, as in the drive, where all of a folder is known.
 * What comes page by page stays in the order in which it comes, so that nothing moves under the eyes.
 */
export function inOrder<T extends Named>(items: readonly T[], isFolder: (item: T) => boolean, isWhole: boolean): readonly T[] {
  if (!isWhole) return items;
  const rank = (item: T) => (isFolder(item) ? 0 : 1);
  return items.toSorted((a, b) => rank(a) - rank(b) || byName.compare(a.name, b.name));
}
