"""Chunks that somebody else sent: what is confirmed is there, whoever deletes meanwhile."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256

import anyio
import pytest

from keyshelf.database.pool import Database
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import chunk_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks.confirming import (
    ChunkNotAsNamedError,
    ClaimedChunk,
    NotReservedError,
    confirm,
)
from keyshelf.repositories.chunks.proofs import proof_of
from keyshelf.repositories.chunks.transfers import AnnouncedChunk, sign_uploads
from keyshelf.repositories.deleting import queries as notes
from keyshelf.repositories.deleting.service import delete_noted
from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.frame import Codec, FrameType
from keyshelf.repositories.gc.service import note_left
from keyshelf.repositories.pushes import service as pushes
from keyshelf.repositories.pushes.values import OpenPush
from keyshelf.repositories.values import SealedChunk
from keyshelf.store.base import PresignOptions, SignedRequest
from keyshelf.store.memory import MemoryStore
from tests.integration.repositories.shelf import ANNA, Shelf, open_shelf

pytestmark = [pytest.mark.anyio, pytest.mark.services]

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_SIGNED = PresignOptions()
CONTENT = b"what a take looks like"


def sealed(content: bytes = CONTENT, *, named: bytes | None = None) -> SealedChunk:
    chunk = ids.chunk_id(named or content, None)
    digest = bytes.fromhex(chunk)
    framed = frame.seal(content, type=FrameType.CHUNK, digest=digest, keys=None)
    return SealedChunk(chunk, framed, len(content))


def announced(chunk: SealedChunk) -> AnnouncedChunk:
    digest = sha256(chunk.frame).digest()
    return AnnouncedChunk(chunk.id, chunk.size, len(chunk.frame), digest, Codec.NONE)


def claimed(push: OpenPush, chunk: SealedChunk, content: bytes = CONTENT) -> ClaimedChunk:
    return ClaimedChunk(chunk.id, chunk.size, proof_of(content, push.nonce))


class Store(MemoryStore):
    """Does something after objects were read, and before anybody hears of it.

    What it signs nobody checks: here objects are put by hand.
    """

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], Awaitable[object]] | None = None

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        found = await super().get_many(keys)
        if self.then:
            then, self.then = self.then, None
            await then()
        return found

    async def presign(
        self, method: str, key: ObjectKey, options: PresignOptions = _SIGNED
    ) -> SignedRequest:
        return SignedRequest(method, f"https://store/{key}", {}, NOW)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def shelf(database: Database, store: Store) -> Shelf:
    return open_shelf(database, store)


async def test_a_chunk_whose_object_is_being_deleted_is_sent_anew(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    parts, chunk = shelf.parts, sealed()
    key = chunk_key(chunk.id)
    await parts.store.put(key, chunk.frame)
    async with parts.database.transaction() as tx:
        await notes.note(tx, [key], now=parts.clock())
    push = await pushes.begin(parts, film.number, ANNA)
    signed = False

    async def sign() -> None:
        nonlocal signed
        await sign_uploads(parts, film, push, [announced(chunk)])
        signed = True

    async with anyio.create_task_group() as group, parts.database.transaction() as tx:
        batch = await notes.take(tx, keys=None, limit=10)
        assert not await notes.wanted(tx, batch)
        group.start_soon(sign)
        await anyio.wait_all_tasks_blocked()
        # Whoever is told to send it is told when it is gone, and not before.
        assert not signed
        await parts.store.delete_many(batch)
        await notes.finish(tx, done=batch, failed={})

    assert signed
    assert key not in await shelf.keys()


async def test_a_chunk_that_is_wanted_again_is_not_deleted(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    parts, chunk = shelf.parts, sealed()
    key = chunk_key(chunk.id)
    await parts.store.put(key, chunk.frame)
    async with parts.database.transaction() as tx:
        await notes.note(tx, [key], now=parts.clock())
    push = await pushes.begin(parts, film.number, ANNA)

    signed = await sign_uploads(parts, film, push, [announced(chunk)])
    await delete_noted(parts)
    assert signed.reservation
    await confirm(parts, film, push, signed.reservation, [claimed(push, chunk)], keys=None)
    await delete_noted(parts)

    assert key in await shelf.keys()


async def test_what_went_while_it_was_looked_at_is_not_taken_for_there(
    shelf: Shelf, film: RepositoryRecord, store: Store
) -> None:
    parts, chunk = shelf.parts, sealed()
    push = await pushes.begin(parts, film.number, ANNA)
    signed = await sign_uploads(parts, film, push, [announced(chunk)])
    assert signed.reservation
    await store.put(chunk_key(chunk.id), chunk.frame)

    async def collect() -> None:
        await pushes.end(parts, film.number, push.id, ANNA)
        await note_left(parts)
        await delete_noted(parts)

    store.then = collect
    with pytest.raises(NotReservedError):
        await confirm(parts, film, push, signed.reservation, [claimed(push, chunk)], keys=None)

    assert await shelf.count("repository_chunks") == 0


async def test_what_was_refused_and_written_again_is_collected(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    parts, wrong = shelf.parts, sealed(b"something else", named=CONTENT)
    key = chunk_key(wrong.id)
    push = await pushes.begin(parts, film.number, ANNA)
    signed = await sign_uploads(parts, film, push, [announced(wrong)])
    assert signed.reservation
    await parts.store.put(key, wrong.frame)

    claim = claimed(push, wrong, b"something else")
    with pytest.raises(ChunkNotAsNamedError):
        await confirm(parts, film, push, signed.reservation, [claim], keys=None)
    assert key not in await shelf.keys()
    await parts.store.put(key, wrong.frame)
    await pushes.end(parts, film.number, push.id, ANNA)
    await shelf.collect(film)

    assert key not in await shelf.keys()


async def test_what_was_announced_and_not_confirmed_is_collected(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    parts, chunk, other = shelf.parts, sealed(), sealed(b"another take")
    push = await pushes.begin(parts, film.number, ANNA)
    signed = await sign_uploads(parts, film, push, [announced(chunk), announced(other)])
    assert signed.reservation
    for each in (chunk, other):
        await parts.store.put(chunk_key(each.id), each.frame)

    for _ in range(2):
        await confirm(parts, film, push, signed.reservation, [claimed(push, chunk)], keys=None)
    await pushes.end(parts, film.number, push.id, ANNA)
    await note_left(parts)
    await delete_noted(parts)

    kept = [each for each in await shelf.keys() if each.startswith("v1/chunks/")]
    assert kept == [chunk_key(chunk.id)]
