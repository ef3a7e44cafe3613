"""Whoever deletes objects, whoever wants them again, and whoever gives them up, at once."""

from dataclasses import replace

import anyio
import anyio.lowlevel
import pytest

from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks.reservations import reserve
from keyshelf.repositories.deleting import queries
from keyshelf.repositories.deleting.service import delete_noted
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.faulty import FaultyStore
from tests.integration.repositories.shelf import Packed, Shelf
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio


@pytest.fixture
def packed() -> Packed:
    return Packed(None)


@pytest.fixture
def chunk(packed: Packed) -> ChunkId:
    return ChunkId(packed.put(b"a chunk").hex())


async def note(shelf: Shelf, chunk: ChunkId) -> None:
    async with shelf.parts.database.transaction() as tx:
        await queries.note(tx, [chunk_key(chunk)], now=shelf.clock())


async def test_a_push_waits_for_a_deletion_and_sends_what_it_deleted(
    shelf: Shelf, film: RepositoryRecord, packed: Packed, chunk: ChunkId
) -> None:
    await shelf.parts.store.put(chunk_key(chunk), packed.chunks[chunk].frame)
    await note(shelf, chunk)
    faulty = FaultyStore(shelf.parts.store)
    hold = faulty.hold("delete_many")

    async def send() -> None:
        async with shelf.carrier(film).push() as push:
            await push.send([packed.chunks[chunk]])

    async with anyio.create_task_group() as group:
        group.start_soon(delete_noted, shelf.on(faulty).parts)
        await hold.reached.wait()
        group.start_soon(send)
        while not await shelf.count("repository_reservations"):
            await anyio.lowlevel.checkpoint()
        hold.release.set()

    assert chunk_key(chunk) in await shelf.keys()
    assert await shelf.count("repository_deletions") == 0


async def test_a_reservation_is_seen_by_all_before_notes_are_withdrawn(
    shelf: Shelf, film: RepositoryRecord, chunk: ChunkId
) -> None:
    await note(shelf, chunk)
    key = chunk_key(chunk)

    async with (
        shelf.carrier(film).push() as push,
        anyio.create_task_group() as group,
        shelf.parts.database.transaction() as deleter,
    ):
        assert await queries.take(deleter, keys=None, limit=10) == [key]
        group.start_soon(reserve, shelf.parts, film.number, push.id, [key])
        with anyio.fail_after(PATIENCE):
            while not await queries.wanted(deleter, [key]):
                await anyio.lowlevel.checkpoint()
        await queries.finish(deleter, done=[], failed={})

    assert await shelf.count("repository_deletions") == 0


async def test_a_note_that_is_renewed_outlasts_whoever_is_deleting(
    shelf: Shelf, film: RepositoryRecord, packed: Packed, chunk: ChunkId
) -> None:
    async with shelf.carrier(film).push() as push:
        await push.send([packed.chunks[chunk]])
    await note(shelf, chunk)

    async with shelf.parts.database.transaction() as tx:
        await tx.execute("DELETE FROM repository_chunks")
        await queries.note(tx, [chunk_key(chunk)], now=shelf.clock())
        # To others the row is still there, so that they would drop a note that they can take.
        assert await delete_noted(shelf.parts) == 0
    assert await delete_noted(shelf.parts) == 1

    assert chunk_key(chunk) not in await shelf.keys()


async def test_one_connection_is_enough(
    shelf: Shelf, database_url: str, packed: Packed, chunk: ChunkId
) -> None:
    await shelf.parts.store.put(chunk_key(chunk), packed.chunks[chunk].frame)
    await note(shelf, chunk)
    few = DatabaseOptions(url=database_url, max_connections=1)

    async with await Database.open(few) as database:
        assert await delete_noted(replace(shelf.parts, database=database)) == 1


async def test_what_the_store_does_not_delete_stays_noted(
    shelf: Shelf, packed: Packed, chunk: ChunkId
) -> None:
    await shelf.parts.store.put(chunk_key(chunk), packed.chunks[chunk].frame)
    await note(shelf, chunk)
    faulty = FaultyStore(shelf.parts.store)
    faulty.fail("delete_many")

    with pytest.raises(StoreUnavailableError):
        await delete_noted(shelf.on(faulty).parts)
    assert await shelf.count("repository_deletions") == 1

    assert await delete_noted(shelf.parts) == 1
