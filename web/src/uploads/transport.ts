/** What an upload needs of the service and of the store, in the upload's own words. */
import type { OnConflict, Space } from "@/api/types";
import type { ListedPart, SentPart } from "@/uploads/plan";

export interface FolderRequest {
  readonly name: string;
  readonly parentId: string | null;
  readonly space: Space;
}

export interface ReserveRequest {
  readonly name: string;
  readonly parentId: string | null;
  readonly space: Space;
  readonly size: number;
  readonly onConflict: OnConflict;
  /** The same key gives the same reservation, so that a lost answer leaves nothing behind. */
  readonly idempotencyKey: string;
}

export interface Reservation {
  readonly fileId: string;
  /** The name it got: another than asked for when `onConflict` is `rename`. */
  readonly name: string;
  /** Bytes per part, or null when the file goes up in one request. */
  readonly partSize: number | null;
}

export interface Progress {
  readonly partSize: number | null;
  readonly state: "pending" | "ready" | "failed" | "expired";
  readonly listed: readonly ListedPart[];
}

/** Where and how to send one part. */
export interface Address {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, by the service's clock. */
  readonly expiresAt: number;
}

export interface PartWindow {
  readonly first: number;
  readonly last: number;
}

/**
 * What to send: some parts, or a file that goes up in one request.
 *
 * `whole-again` where that request was made and its success not seen: the store may have
 * kept some of it, so the bytes go elsewhere.
 */
export type AddressWish = PartWindow | "whole" | "whole-again";

/** Every method fails with one of the classes of `failures.ts`, or with the signal's reason. */
export interface Transport {
  /** Return the id of the folder, made now or found there. */
  folder(request: FolderRequest, signal: AbortSignal): Promise<string>;
  /** Reserve a name. Raises NameTaken. Twice with the same key gives the same answer. */
  reserve(request: ReserveRequest, signal: AbortSignal): Promise<Reservation>;
  /** Return addresses by part number; a file without parts has the one number 1. */
  addresses(
    fileId: string,
    wish: AddressWish,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, Address>>;
  /** Ask the store what it has. Raises ReservationGone when there is no such upload. */
  progress(fileId: string, signal: AbortSignal): Promise<Progress>;
  /**
   * Make the file visible once the service has verified its bytes. Twice is safe.
   *
   * Raises BytesMissing, also when the store holds other parts than those stated.
   */
  complete(fileId: string, parts: readonly SentPart[], signal: AbortSignal): Promise<void>;
  /** Give the reservation and its bytes up. An upload that is gone is no failure. */
  abort(fileId: string, signal: AbortSignal): Promise<void>;
  /** Return the file ids of this person's open uploads, wherever they began. */
  open(signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Send bytes to the store and return their ETag, if it tells. Raises AddressRefused when the address no longer works. */
  send(
    address: Address,
    body: Blob,
    signal: AbortSignal,
    onProgress: (sent: number) => void,
  ): Promise<string | null>;
}
