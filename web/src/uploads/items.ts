/** The uploads of the page with their bytes; every change of one goes through here. */
import { type Event, type Item, transition } from "@/uploads/item";
import type { Ledger } from "@/uploads/ledger";
import type { HandlePath } from "@/uploads/tree";

export class UploadItems {
  readonly #items = new Map<string, Item>();
  readonly #files = new Map<string, File>();
  readonly #handles = new Map<string, HandlePath>();

  constructor(
    private readonly ledger: Ledger,
    /** Hears that something has changed. */
    private readonly changed: () => void,
  ) {}

  /** Return them in the order they were added. */
  all(): Item[] {
    return [...this.#items.values()];
  }

  get(id: string): Item | undefined {
    return this.#items.get(id);
  }

  file(id: string): File | undefined {
    return this.#files.get(id);
  }

  handle(id: string): HandlePath | null {
    return this.#handles.get(id) ?? null;
  }

  add(item: Item, file: File | null, handle: HandlePath | null): void {
    if (handle !== null) this.#handles.set(item.id, handle);
    if (file !== null) this.#files.set(item.id, file);
    this.#put(item);
  }

  attach(id: string, file: File): void {
    this.#files.set(id, file);
  }

  /** Let go of the bytes of one that no longer needs them. */
  detach(id: string): void {
    this.#files.delete(id);
  }

  /** Return the item after the event; the same object when the event came too late. */
  apply(id: string, event: Event): Item {
    const item = this.#items.get(id);
    if (item === undefined) throw new Error(`no upload ${id}`);
    const after = transition(item, event);
    if (after !== item) this.#put(after);
    return after;
  }

  remove(id: string): void {
    this.#items.delete(id);
    this.#files.delete(id);
    this.#handles.delete(id);
    this.changed();
  }

  #put(item: Item): void {
    const before = this.#items.get(item.id);
    this.#items.set(item.id, item);
    // Bytes change many times a second and matter to the store alone; all else outlives a reload.
    const isNew = before?.status !== item.status || before.fileId !== item.fileId || before.parts !== item.parts;
    if (isNew) this.ledger.note(item, this.handle(item.id));
    this.changed();
  }
}
