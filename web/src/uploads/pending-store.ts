/** Uploads under way, kept so that a reload of the page does not forget them. */
import type { OnConflict, Target } from "@/api/types";
import type { SentPart } from "@/uploads/plan";
import type { HandlePath } from "@/uploads/tree";

export interface PendingRecord {
  readonly id: string;
  /** The identity that began it; nobody else is shown it. */
  readonly owner: string;
  /** The visit that works on it. */
  readonly visit: string;
  readonly batch: string;
  readonly name: string;
  readonly storedName: string | null;
  readonly path: readonly string[];
  readonly target: Target;
  readonly size: number;
  readonly lastModified: number;
  readonly mimetype: string;
  readonly onConflict: OnConflict;
  readonly displaces: string | null;
  readonly fileId: string | null;
  readonly parentId: string | null;
  readonly generation: number;
  readonly parts: readonly SentPart[];
  readonly handle: HandlePath | null;
}

export interface PendingStore {
  /** Return the records of one identity, oldest first. */
  load(owner: string): Promise<PendingRecord[]>;
  /** Apply both lists in one transaction. */
  write(puts: readonly PendingRecord[], deletes: readonly string[]): Promise<void>;
}

/** Forgets at a reload: for tests, and for browsers that refuse to keep anything. */
export class MemoryPendingStore implements PendingStore {
  readonly #records = new Map<string, PendingRecord>();

  load(owner: string): Promise<PendingRecord[]> {
    return Promise.resolve([...this.#records.values()].filter((record) => record.owner === owner));
  }

  write(puts: readonly PendingRecord[], deletes: readonly string[]): Promise<void> {
    for (const record of puts) this.#records.set(record.id, record);
    for (const id of deletes) this.#records.delete(id);
    return Promise.resolve();
  }
}

const DATABASE = "keyshelf-uploads";
const STORE = "pending";

/** Open the browser's database; without one, uploads work and merely do not outlive the page. */
export async function openPendingStore(): Promise<PendingStore> {
  try {
    return new IndexedPendingStore(await openDatabase());
  } catch (error) {
    console.warn("Uploads will not survive a reload of this page.", error);
    return new MemoryPendingStore();
  }
}

class IndexedPendingStore implements PendingStore {
  constructor(private readonly database: IDBDatabase) {}

  async load(owner: string): Promise<PendingRecord[]> {
    const transaction = this.database.transaction(STORE, "readonly");
    const all = await answered(transaction.objectStore(STORE).index("owner").getAll(owner) as IDBRequest<PendingRecord[]>);
    return all.sort((a, b) => a.id.localeCompare(b.id));
  }

  write(puts: readonly PendingRecord[], deletes: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, "readwrite");
      const store = transaction.objectStore(STORE);
      for (const record of puts) store.put(record);
      for (const id of deletes) store.delete(id);
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("the write was aborted"));
    });
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(STORE, { keyPath: "id" }).createIndex("owner", "owner");
  };
  return answered(opening);
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database did not answer"));
  });
}
