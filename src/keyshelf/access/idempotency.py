"""Creations that can be repeated: the same key gives the first answer again."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from keyshelf.access import queries
from keyshelf.clock import Clock
from keyshelf.database.pool import Database
from keyshelf.database.transactions import Row, Transaction
from keyshelf.errors import ConflictError, InvalidInputError
from keyshelf.layout.drive import OwnerId

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_UUID = re.compile(rb"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


class InvalidIdempotencyKeyError(InvalidInputError):
    """The key is not 1 to 255 visible ASCII characters. Send a UUID."""

    code = "invalid-idempotency-key"


class IdempotencyMismatchError(InvalidInputError):
    """The key was used for another request. Make a new key for a new request."""

    code = "idempotency-mismatch"


class RequestInProgressError(ConflictError):
    """The first request with this key is still running. Ask again in a moment."""

    code = "request-in-progress"


@dataclass(frozen=True, slots=True)
class IdempotencyOptions:
    """How long answers and claims hold."""

    keep_for: timedelta = timedelta(hours=24)
    """The same key gives the same answer for so long."""
    lease: timedelta = timedelta(minutes=5)
    """A request that did not end by then is taken for crashed: longer than any request lives."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to carry out the request of a key."""

    owner: OwnerId
    key: str
    claim_id: UUID


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was first given."""

    status: int
    content_type: str
    body: bytes

    @property
    def ids(self) -> Sequence[UUID]:
        """Every id in the body, of whatever."""
        return [UUID(each.decode()) for each in {*_UUID.findall(self.body)}]


def request_digest(method: str, path: str, body: bytes) -> bytes:
    """Return what tells one request from another under the same key.

    `path` is with its query. The digest covers every byte of the three.
    """
    # Neither a method nor a path holds a line break, so the parts cannot be shifted.
    return hashlib.sha256(f"{method}\n{path}\n".encode() + body).digest()


class IdempotencyKeys:
    """Claims on keys and the answers that were given under them.

    Begin, do the work, then finish with its answer. A crash in between leaves a claim
    that runs out after the lease, and then the same request does the work again.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        options: IdempotencyOptions = IdempotencyOptions(),
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self._database = database
        self._clock = clock
        self._options = options
        self._new_id = new_id

    async def begin(self, owner: OwnerId, key: str, *, digest: bytes) -> Claim | StoredAnswer:
        """Claim a key, or return the answer that its request was given before.

        `digest` is the `request_digest` of the request. Raises
        `InvalidIdempotencyKeyError`, `IdempotencyMismatchError` and
        `RequestInProgressError`.
        """
        if not _KEY.fullmatch(key):
            raise InvalidIdempotencyKeyError(
                "an idempotency key has 1 to 255 visible ASCII characters"
            )
        now = self._clock()
        claim = Claim(owner=owner, key=key, claim_id=self._new_id())
        async with self._database.transaction() as tx:
            claimed = await queries.claim_key(
                tx,
                owner_id=owner,
                key=key,
                request_digest=digest,
                claim_id=claim.claim_id,
                now=now,
                claimed_until=now + self._options.lease,
                expires_at=now + self._options.keep_for,
            )
            held = None if claimed else await queries.held_key(tx, owner_id=owner, key=key)
        return claim if claimed else _stored_answer(held, digest=digest)

    async def finish(self, tx: Transaction, claim: Claim, answer: StoredAnswer) -> None:
        """Store the answer for whoever repeats the request, as long as the files in it are there.

        Raises `RequestInProgressError` when the lease ran out and another took over.
        """
        stored = await queries.answer_key(
            tx,
            owner_id=claim.owner,
            key=claim.key,
            claim_id=claim.claim_id,
            status=answer.status,
            content_type=answer.content_type,
            body=answer.body,
            about=answer.ids,
        )
        if not stored:
            raise RequestInProgressError("this request took too long and was begun again")

    async def abandon(self, claim: Claim) -> None:
        """Give the key back after the work failed, so that it can be tried again at once.

        After `finish` was committed this does nothing.
        """
        async with self._database.transaction() as tx:
            await queries.release_key(
                tx, owner_id=claim.owner, key=claim.key, claim_id=claim.claim_id
            )


def _stored_answer(held: Row | None, *, digest: bytes) -> StoredAnswer:
    if held is not None and held["request_digest"] != digest:
        raise IdempotencyMismatchError("this Idempotency-Key was used for another request")
    # No row: the claim was given back between two statements.
    if held is None or held["status"] is None:
        raise RequestInProgressError("the first request with this Idempotency-Key is still running")
    return StoredAnswer(held["status"], held["content_type"], held["body"])
