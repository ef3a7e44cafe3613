/** Which tabs are alive, so that two of them do not continue the same upload. */

const PREFIX = "keyshelf-uploads:";

/** Hold this visit's lock until the tab goes away; browsers without locks go without. */
export function holdVisit(visit: string): void {
  // Locks exist in secure contexts alone, whatever the types say.
  const locks = navigator.locks as LockManager | undefined;
  void locks?.request(PREFIX + visit, () => new Promise(() => undefined));
}

/** Return the visits that are open in this browser. */
export async function openVisits(): Promise<ReadonlySet<string>> {
  const locks = navigator.locks as LockManager | undefined;
  const held = (await locks?.query())?.held ?? [];
  return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])));
}
