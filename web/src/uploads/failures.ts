/** What went wrong with a transfer, sorted by what the sender should do about it. */
import type { Conflict } from "@/uploads/item";

/** Worth another try later: the network, an overloaded or restarting service. */
export class TransientFailure extends Error {
  override readonly name = "TransientFailure";

  constructor(
    message: string,
    /** How long the other side asked us to wait, in milliseconds. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}

/** The store refuses the address, most likely because it has expired: ask for a new one. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
}

/** The service knows nothing of this upload (swept, aborted elsewhere): reserve again. */
export class ReservationGone extends Error {
  override readonly name = "ReservationGone";
}

/** The name is taken. */
export class NameTaken extends Error {
  override readonly name = "NameTaken";

  constructor(
    message: string,
    readonly conflict: Conflict,
  ) {
    super(message);
  }
}

/** The session is over: nothing will work until the person signs in. */
export class SignedOut extends Error {
  override readonly name = "SignedOut";
}

/** A clear no, or bytes that cannot be read: only a person can do something about it. */
export class Refused extends Error {
  override readonly name: string = "Refused";
}

/** The store does not have what was announced; the upload is still open. */
export class BytesMissing extends Refused {
  override readonly name = "BytesMissing";

  constructor(
    message: string,
    /** The parts that are missing or differ; empty when the service cannot tell. */
    readonly wrongParts: readonly number[] = [],
  ) {
    super(message);
  }
}
