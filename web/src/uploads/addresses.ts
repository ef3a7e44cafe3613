/** Addresses of the parts of one upload, asked for in advance and again when they expire. */
import { addressWindow, type Part } from "@/uploads/plan";
import type { Address, AddressWish, Transport } from "@/uploads/transport";

const WINDOW = 24;
/** An address that ends sooner than this is not worth starting with. */
const MARGIN_MS = 30_000;
/** A machine whose clock is wrong would find every address expired; a new one is always tried. */
const FRESH_MS = 60_000;

interface Held {
  readonly address: Address;
  readonly askedAt: number;
}

export class Addresses {
  readonly #held = new Map<number, Held>();
  #asking: Promise<void> | null = null;
  #wasAsked: boolean;

  constructor(
    private readonly transport: Transport,
    private readonly fileId: string,
    private readonly missing: readonly Part[],
    private readonly multipart: boolean,
    /** An earlier sender may have used an address of this upload. */
    isContinued: boolean,
    private readonly clock: () => number,
  ) {
    this.#wasAsked = isContinued;
  }

  /** Return an address for the part, asking the service when there is none that lasts. */
  async of(part: Part, signal: AbortSignal): Promise<Address> {
    for (;;) {
      const held = this.#held.get(part.number);
      if (held !== undefined && this.#lasts(held)) return held.address;
      // One question at a time: its answer brings the neighbours' addresses too.
      this.#asking ??= this.#ask(part.number, signal).finally(() => {
        this.#asking = null;
      });
      await this.#asking;
      signal.throwIfAborted();
    }
  }

  /** Forget an address that the store has refused or that has done its work. */
  forget(part: Part): void {
    this.#held.delete(part.number);
  }

  /** Note that a request failed: a part replaces what it left, a whole file must go elsewhere. */
  failed(part: Part): void {
    if (!this.multipart) this.forget(part);
  }

  async #ask(from: number, signal: AbortSignal): Promise<void> {
    const answer = await this.transport.addresses(this.fileId, this.#wish(from), signal);
    const askedAt = this.clock();
    for (const [number, address] of answer) this.#held.set(number, { address, askedAt });
  }

  #wish(from: number): AddressWish {
    if (this.multipart) return addressWindow(this.missing, from, WINDOW);
    const wish = this.#wasAsked ? "whole-again" : "whole";
    this.#wasAsked = true;
    return wish;
  }

  #lasts({ address, askedAt }: Held): boolean {
    const now = this.clock();
    return address.expiresAt - MARGIN_MS > now || now - askedAt < FRESH_MS;
  }
}
