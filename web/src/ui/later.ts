/** Code that is fetched when it is first needed, and ahead of that once the page stands. */
import { type ComponentType, lazy } from "react";

type Load<T> = () => Promise<T>;

const waiting: Load<unknown>[] = [];
let stands = false;

function fetchQuietly(load: Load<unknown>): void {
  load().catch(() => undefined); // whoever needs it tries again, and tells
}

/** Returns `load`, and lets it run once the page stands: then a lost network takes no control away. */
export function fetchAhead<T>(load: Load<T>): Load<T> {
  if (stands) fetchQuietly(load);
  else waiting.push(load);
  return load;
}

/** A component whose code comes later. */
export function later<Props extends object>(load: Load<{ default: ComponentType<Props> }>) {
  return lazy(fetchAhead(load));
}

/** Says that what is on show is there: now the rest may come. */
export function pageStands(): void {
  stands = true;
  waiting.splice(0).forEach(fetchQuietly);
}
