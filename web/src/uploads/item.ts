/** One upload and the ways its state may change. */

import type { OnConflict, Target } from "@/api/types";
import type { SentPart } from "@/uploads/plan";
import type { Found } from "@/uploads/tree";

export type Status =
  /** Queued. */
  | "waiting"
  /** Its folders and its reservation are being made. */
  | "preparing"
  /** Bytes are on their way to the store. */
  | "uploading"
  /** All bytes are there; the service verifies them. */
  | "finishing"
  | "done"
  | "paused"
  /** The name is taken and a person has to decide. */
  | "conflict"
  | "failed"
  /** Known from an earlier visit; its bytes have to be picked again. */
  | "detached"
  | "cancelled";

/** What already has the wanted name. */
export interface Conflict {
  readonly existingId: string | null;
  readonly existingKind: "file" | "folder";
  readonly existingState: "pending" | "ready";
  readonly suggestedName: string | null;
}

export interface Item {
  readonly id: string;
  /** The one gesture (a drop, a choice of files) that brought it. */
  readonly batch: string;
  /** A folder is an item of its own only when nothing is in it. */
  readonly kind: "file" | "folder";
  readonly name: string;
  /** The name in the drive, once reserved: another than `name` when both were kept. */
  readonly storedName: string | null;
  /** Names of the folders between the target and this item. */
  readonly path: readonly string[];
  /** The folder of the drive that it was dropped on. */
  readonly target: Target;
  readonly size: number;
  readonly lastModified: number;
  readonly mimetype: string;
  readonly onConflict: OnConflict;
  /** The file whose unfinished upload holds the name and is to be given up for this one. */
  readonly displaces: string | null;
  readonly status: Status;
  readonly fileId: string | null;
  /** The folder it really lands in; null until known, and for the root. */
  readonly parentId: string | null;
  /** Raised with every reservation, so that each one has its own idempotency key. */
  readonly generation: number;
  /** The parts that the store has acknowledged: known over a reload, and never sent again. */
  readonly parts: readonly SentPart[];
  /** Bytes given to the network, those confirmed included. */
  readonly sent: number;
  /** Bytes that the store has acknowledged: these survive a reload. */
  readonly confirmed: number;
  /** Why the last try failed, while another one is due. */
  readonly retrying: string | null;
  readonly conflict: Conflict | null;
  readonly failure: string | null;
}

/** Return a new upload of what was found. */
export function newItem(id: string, found: Found, target: Target, batch: string): Item {
  const file = found.kind === "file" ? found.file : null;
  return {
    id, batch, target,
    kind: found.kind,
    name: found.kind === "file" ? found.file.name : found.name,
    storedName: null,
    path: found.path,
    size: file?.size ?? 0,
    lastModified: file?.lastModified ?? 0,
    mimetype: file?.type ?? "",
    onConflict: "fail",
    displaces: null,
    status: "waiting",
    fileId: null,
    parentId: null,
    generation: 0,
    parts: [],
    sent: 0,
    confirmed: 0,
    retrying: null,
    conflict: null,
    failure: null,
  };
}

export type Event =
  | { readonly type: "start" }
  | { readonly type: "placed"; readonly parentId: string | null }
  | { readonly type: "reserved"; readonly fileId: string; readonly storedName: string }
  | { readonly type: "reservation-lost" }
  | { readonly type: "conflict"; readonly conflict: Conflict }
  | { readonly type: "resolve"; readonly onConflict: OnConflict; readonly displaces: string | null }
  | { readonly type: "progress"; readonly sent: number; readonly confirmed: number }
  | { readonly type: "acknowledged"; readonly part: SentPart }
  /** The service found these parts wrong; all of them, when it names none. */
  | { readonly type: "disproved"; readonly numbers: readonly number[] }
  | { readonly type: "stall"; readonly reason: string }
  | { readonly type: "finish" }
  | { readonly type: "done" }
  | { readonly type: "fail"; readonly message: string }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  | { readonly type: "retry" }
  | { readonly type: "attach" }
  | { readonly type: "cancel" };

interface Rule<E extends Event> {
  /** The states in which the event counts; in any other it comes too late and changes nothing. */
  readonly from: readonly Status[];
  readonly to: (item: Item, event: E) => Item;
}

type Rules = { readonly [T in Event["type"]]: Rule<Extract<Event, { type: T }>> };

const RULES: Rules = {
  start: { from: ["waiting"], to: (item) => ({ ...item, status: "preparing", failure: null, conflict: null }) },
  placed: { from: ["preparing"], to: (item, { parentId }) => ({ ...item, parentId }) },
  reserved: {
    // A pause does not stop a reservation that is on its way: its answer must not be lost.
    from: ["preparing", "paused", "waiting"],
    to: (item, { fileId, storedName }) => ({
      ...item,
      status: item.status === "preparing" ? "uploading" : item.status,
      fileId,
      storedName,
      displaces: null,
      retrying: null,
    }),
  },
  "reservation-lost": {
    from: ["preparing", "uploading", "finishing"],
    to: (item) => ({ ...withoutReservation(item), status: "preparing" }),
  },
  conflict: {
    from: ["preparing", "paused", "waiting"],
    to: (item, { conflict }) => ({ ...item, status: "conflict", conflict, retrying: null }),
  },
  resolve: {
    from: ["conflict"],
    to: (item, { onConflict, displaces }) => ({
      ...withoutReservation(item),
      status: "waiting",
      onConflict,
      displaces,
      conflict: null,
    }),
  },
  progress: {
    from: ["uploading"],
    to: (item, { sent, confirmed }) => ({ ...item, sent, confirmed, retrying: null }),
  },
  // Late ones too: what the store has said stays true.
  acknowledged: {
    from: ["uploading", "paused", "waiting", "failed"],
    to: (item, { part }) => ({ ...item, parts: [...item.parts.filter(({ number }) => number !== part.number), part] }),
  },
  disproved: {
    from: ["uploading", "finishing"],
    to: (item, { numbers }) => ({
      ...item,
      status: "preparing",
      parts: numbers.length === 0 ? [] : item.parts.filter(({ number }) => !numbers.includes(number)),
    }),
  },
  stall: { from: ["preparing", "uploading", "finishing"], to: (item, { reason }) => ({ ...item, retrying: reason }) },
  finish: { from: ["uploading"], to: (item) => ({ ...complete(item), status: "finishing" }) },
  done: { from: ["preparing", "finishing"], to: (item) => ({ ...complete(item), status: "done" }) },
  fail: {
    from: ["preparing", "uploading", "finishing"],
    to: (item, { message }) => ({ ...stopped(item), status: "failed", failure: message }),
  },
  pause: { from: ["waiting", "preparing", "uploading"], to: (item) => ({ ...stopped(item), status: "paused" }) },
  resume: { from: ["paused"], to: (item) => ({ ...item, status: "waiting" }) },
  retry: {
    from: ["failed"],
    to: (item) => ({ ...(item.fileId === null ? withoutReservation(item) : item), status: "waiting", failure: null }),
  },
  attach: { from: ["detached"], to: (item) => ({ ...item, status: "waiting" }) },
  cancel: {
    from: ["waiting", "preparing", "uploading", "finishing", "paused", "conflict", "failed", "detached"],
    to: (item) => ({ ...stopped(item), status: "cancelled" }),
  },
};

/** Return the item after the event, or the very same item when the event does not apply. */
export function transition(item: Item, event: Event): Item {
  // The table pairs each rule with its own event, which the compiler cannot follow through an index.
  const rule = RULES[event.type] as Rule<Event>;
  return rule.from.includes(item.status) ? rule.to(item, event) : item;
}

/** The next reservation has its own idempotency key: the answer to the last one is of no use. */
function withoutReservation(item: Item): Item {
  return { ...item, fileId: null, storedName: null, generation: item.generation + 1, parts: [], sent: 0, confirmed: 0 };
}

function complete(item: Item): Item {
  return { ...item, sent: item.size, confirmed: item.size, retrying: null };
}

function stopped(item: Item): Item {
  return { ...item, sent: item.confirmed, retrying: null };
}

/** Whether work on it goes on by itself, so that leaving the page would interrupt it. */
export function isActive(status: Status): boolean {
  return status === "waiting" || status === "preparing" || status === "uploading" || status === "finishing";
}
