/** Writes what is under way to the pending store, many changes at a time. */
import { isActive, type Item } from "@/uploads/item";
import type { PendingRecord, PendingStore } from "@/uploads/pending-store";
import type { HandlePath } from "@/uploads/tree";

const FLUSH_MS = 250;

export class Ledger {
  readonly #puts = new Map<string, PendingRecord>();
  readonly #deletes = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly store: Promise<PendingStore>,
    private readonly owner: string,
    private readonly visit: string,
    /** Hears of a write that failed: the uploads go on, a reload would forget them. */
    private readonly failed: (error: unknown) => void,
  ) {}

  async load(): Promise<PendingRecord[]> {
    return (await this.store).load(this.owner);
  }

  /** Note the item as it is: kept while bytes may still be missing, forgotten after. */
  note(item: Item, handle: HandlePath | null): void {
    if (item.kind === "folder") return;
    const keep = isActive(item.status) || ["paused", "conflict", "failed"].includes(item.status);
    if (keep) this.#put(recordOf(item, handle, this.owner, this.visit));
    else if (item.status !== "detached") this.forget(item.id);
  }

  forget(id: string): void {
    this.#puts.delete(id);
    this.#deletes.add(id);
    this.#schedule();
  }

  /** Write what is due at once. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const puts = [...this.#puts.values()];
    const deletes = [...this.#deletes];
    this.#puts.clear();
    this.#deletes.clear();
    try {
      await (await this.store).write(puts, deletes);
    } catch (error) {
      this.failed(error);
    }
  }

  #put(record: PendingRecord): void {
    this.#deletes.delete(record.id);
    this.#puts.set(record.id, record);
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }
}

function recordOf(item: Item, handle: HandlePath | null, owner: string, visit: string): PendingRecord {
  const { id, batch, name, storedName, path, target, size, lastModified, mimetype, onConflict, displaces, fileId, parentId, generation, parts } = item;
  return {
    id, batch, name, storedName, path, target, size, lastModified, mimetype, onConflict, displaces, fileId, parentId, generation, parts,
    handle, owner, visit,
  };
}

/** Return the item of a record: all there but its bytes. */
export function itemOf(record: PendingRecord): Item {
  const { id, batch, name, storedName, path, target, size, lastModified, mimetype, onConflict, displaces, fileId, parentId, generation, parts } = record;
  return {
    id, batch, name, storedName, path, target, size, lastModified, mimetype, onConflict, displaces, fileId, parentId, generation, parts,
    kind: "file", status: "detached", sent: 0, confirmed: 0, retrying: null, conflict: null, failure: null,
  };
}
