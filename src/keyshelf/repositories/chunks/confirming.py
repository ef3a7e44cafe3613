"""Taking chunks into a repository that somebody else sealed and sent: looked at first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import anyio.to_thread

from keyshelf.errors import ConflictError, IntegrityError, InvalidInputError
from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks import queries
from keyshelf.repositories.chunks.proofs import proof_of
from keyshelf.repositories.chunks.queries import VerifiedChunk
from keyshelf.repositories.chunks.verifying import is_marked, readable
from keyshelf.repositories.deleting import queries as notes
from keyshelf.repositories.deleting.service import delete_noted
from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.frame import FrameType, Suite, WrongKeyError
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import queries as push_rows
from keyshelf.repositories.pushes.values import OpenPush

_READ_AT_ONCE = 64
"""16 MiB at most are in memory for one caller."""


class ChunkNotAsNamedError(InvalidInputError):
    """Objects do not hold the chunks that they are called by; the extras name these in `ids`."""

    code = "chunk-not-as-named"


class NotReservedError(ConflictError):
    """What is confirmed was not reserved by this push, or its reservation is over."""

    code = "chunk-not-reserved"


@dataclass(frozen=True, slots=True)
class ClaimedChunk:
    """A chunk that somebody says to have sent."""

    id: ChunkId
    size: int
    """Bytes of content."""
    proof: bytes
    """That they have the bytes: BLAKE3, keyed with the nonce of the push, over the content,
    in an encrypted repository over the frame. An id alone opens nothing."""


@dataclass(frozen=True, slots=True)
class _Judge:
    """Says which objects are what they are claimed to be, as far as that can be known here."""

    record: RepositoryRecord
    keys: Keys | None
    """None when the repository is not encrypted, or this service cannot open it."""
    nonce: bytes
    own: frozenset[ChunkId]
    """Those that are in this very repository already."""

    def is_right(self, claim: ClaimedChunk, framed: bytes | None) -> bool:
        if framed is None:
            return False
        try:
            if self.record.is_encrypted and self.keys is None:
                return self._is_sealed(claim, framed)
            digest = bytes.fromhex(claim.id)
            content = frame.open_frame(framed, type=FrameType.CHUNK, digest=digest, keys=self.keys)
        except (IntegrityError, WrongKeyError):
            return False
        if len(content) != claim.size or ids.chunk_id(content, self.keys) != claim.id:
            return False
        return self.keys is not None or claim.proof == proof_of(content, self.nonce)

    def _is_sealed(self, claim: ClaimedChunk, framed: bytes) -> bool:
        is_known = claim.id in self.own or claim.proof == proof_of(framed, self.nonce)
        return is_known and is_sealed_for(self.record, framed, claim.size)


def is_sealed_for(record: RepositoryRecord, framed: bytes, size: int) -> bool:
    """Say whether a frame is what can be a chunk of an encrypted repository, without its keys.

    Raises `DamagedFrameError`.
    """
    header = frame.read_header(framed)
    found = (header.type, header.suite, header.key_id, header.size)
    stored = len(framed) - header.overhead
    return found == (FrameType.CHUNK, Suite.AES_256_GCM, record.key_id, size) and 0 < stored <= size


async def confirm(
    parts: RepositoryParts,
    record: RepositoryRecord,
    push: OpenPush,
    reservation: UUID,
    claims: Sequence[ClaimedChunk],
    *,
    keys: Keys | None,
) -> None:
    """Take chunks that were sent into a repository, all or none; twice is once.

    Each object is read and compared with its name. Those that are wrong are deleted,
    unless somebody has or awaits them, and `ChunkNotAsNamedError` names them. Raises
    `NotReservedError`.
    """
    claims = list({claim.id: claim for claim in claims}.values())
    claimed = [claim.id for claim in claims]
    async with parts.database.read() as tx:
        reserved = set(await push_rows.reserved(tx, reservation, push.id))
        present = await queries.present(tx, record.number, claimed)
        own = await queries.held(tx, record.number, claimed)
    keys_claimed = {chunk_key(chunk) for chunk in claimed}
    if present.issuperset(claimed) and reserved.isdisjoint(keys_claimed):
        return  # again, after a lost answer
    if not reserved.issuperset(keys_claimed):
        raise NotReservedError("ask for these uploads first, in the same push")
    judge = _Judge(record, keys, push.nonce, frozenset(own))
    taken, wrong = await _judged(parts, claims, judge)
    if wrong:
        await _refuse(parts, record, push, reservation, wrong)
    async with parts.database.transaction() as tx:
        await queries.take_in(tx, record.number, taken)
        # Whoever found the reservation gone may have deleted what it kept. What is left of
        # it was not confirmed and can still be written: the collector will look at it.
        is_whole = reserved == keys_claimed
        if not await (
            push_rows.release(tx, reservation)
            if is_whole
            else push_rows.give_up(tx, reservation, list(keys_claimed))
        ):
            raise NotReservedError("this took too long: ask for these uploads again")


async def remove_wrong(parts: RepositoryParts, reservation: UUID, wrong: Sequence[ChunkId]) -> None:
    """Delete objects that are not what they are called, unless somebody has or awaits them."""
    keys = [chunk_key(chunk) for chunk in wrong]
    async with parts.database.transaction() as tx:
        await push_rows.give_up(tx, reservation, keys)
        await notes.note(tx, keys, now=parts.clock())
    # Not those that another row or reservation names: nobody may take another's away.
    await delete_noted(parts, keys, for_good=True)


async def _judged(
    parts: RepositoryParts, claims: Sequence[ClaimedChunk], judge: _Judge
) -> tuple[list[VerifiedChunk], list[ChunkId]]:
    taken: list[VerifiedChunk] = []
    wrong: list[ChunkId] = []
    for start in range(0, len(claims), _READ_AT_ONCE):
        some = claims[start : start + _READ_AT_ONCE]
        found = await readable(parts, [claim.id for claim in some])
        pairs = list(zip(some, found, strict=True))
        results = await anyio.to_thread.run_sync(_all_judged(judge, pairs))
        for (claim, framed), is_right in zip(pairs, results, strict=True):
            if framed is not None and is_right and not await is_marked(parts, claim.id):
                taken.append(VerifiedChunk(claim.id, claim.size, len(framed)))
            else:
                wrong.append(claim.id)
    return taken, wrong


def _all_judged(
    judge: _Judge, pairs: Sequence[tuple[ClaimedChunk, bytes | None]]
) -> Callable[[], list[bool]]:
    return lambda: [judge.is_right(*pair) for pair in pairs]


async def _refuse(
    parts: RepositoryParts,
    record: RepositoryRecord,
    push: OpenPush,
    reservation: UUID,
    wrong: Sequence[ChunkId],
) -> None:
    await remove_wrong(parts, reservation, wrong)
    async with parts.database.transaction() as tx:
        # The signed requests are still good, so the same can be written once more: what a
        # push may have left behind is for the collector to look at.
        await push_rows.reserve(
            tx,
            record.number,
            reservation=parts.new_id(),
            push=push.id,
            keys=[chunk_key(chunk) for chunk in wrong],
            now=parts.clock(),
        )
    raise ChunkNotAsNamedError(
        f"objects that do not hold the chunks they are called by: {len(wrong)}", ids=list(wrong)
    )
