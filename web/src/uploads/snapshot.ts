/** What the tray shows, worked out from the items now and then rather than at every byte. */
import { isActive, type Item, type Status } from "@/uploads/item";
import { secondsLeft } from "@/uploads/rate";

export interface Snapshot {
  /** Everything that is neither done nor failed, in the order it was added. */
  readonly unfinished: readonly Item[];
  readonly failed: readonly Item[];
  /** Newest first. */
  readonly done: readonly Item[];
  readonly conflicts: readonly Item[];
  readonly detached: readonly Item[];
  /** Uploads that go on by themselves. */
  readonly active: number;
  readonly paused: number;
  readonly bytes: number;
  readonly sent: number;
  /** Bytes per second over all; null when nothing is known. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
  /** Bytes per second of the uploads that run. */
  readonly rates: ReadonlyMap<string, number>;
}

export const EMPTY: Snapshot = {
  unfinished: [], failed: [], done: [], conflicts: [], detached: [],
  active: 0, paused: 0, bytes: 0, sent: 0, rate: null, secondsLeft: null, rates: new Map(),
};

/** Return the state of all items; `rate` and `rates` are measured elsewhere. */
export function summarise(items: Iterable<Item>, rate: number | null, rates: ReadonlyMap<string, number>): Snapshot {
  const byStatus = (wanted: Status, from: readonly Item[]) => from.filter((item) => item.status === wanted);
  const unfinished: Item[] = [];
  const failed: Item[] = [];
  const done: Item[] = [];
  let active = 0;
  let bytes = 0;
  let sent = 0;
  let remaining = 0;
  for (const item of items) {
    bytes += item.size;
    sent += item.sent;
    if (item.status === "done") done.push(item);
    else if (item.status === "failed") failed.push(item);
    else unfinished.push(item);
    if (isActive(item.status)) {
      active += 1;
      remaining += item.size - item.sent;
    }
  }
  return {
    unfinished,
    failed,
    done: done.reverse(),
    conflicts: byStatus("conflict", unfinished),
    detached: byStatus("detached", unfinished),
    active,
    paused: byStatus("paused", unfinished).length,
    bytes,
    sent,
    rate,
    secondsLeft: active === 0 ? null : secondsLeft(remaining, rate),
    rates,
  };
}
