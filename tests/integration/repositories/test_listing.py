"""What a store is asked for when somebody wants to know what it holds of a repository."""

from collections import Counter

import pytest

from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.repositories.carrier import StoredChunk
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.chunks import queries
from keyshelf.repositories.chunks.listing import ChunkPage, all_stored, stored_chunks
from keyshelf.repositories.chunks.queries import VerifiedChunk
from keyshelf.store.base import NewObject
from keyshelf.store.faulty import FaultyStore
from tests.integration.repositories.shelf import Shelf, commit_tree

pytestmark = pytest.mark.anyio
TREE = {"a.mov": b"the first take, in several chunks", "notes/n.txt": b"noted"}
NODES = 3
"""Of its two folders, and of the list of chunks of its film."""
MANY = 512


@pytest.fixture
async def large(shelf: Shelf) -> RepositoryRecord:
    """Another repository, of so many chunks that their ids begin with any byte."""
    record = await shelf.repository("large")
    ids = [ChunkId(f"{number % 256:02x}{number:062x}") for number in range(MANY)]
    await shelf.parts.store.put_many([NewObject(chunk_key(each), b"frame") for each in ids])
    async with shelf.parts.database.transaction() as tx:
        await queries.take_in(tx, record.number, [VerifiedChunk(each, 1, 5) for each in ids])
    return record


def counted(shelf: Shelf) -> tuple[Shelf, FaultyStore]:
    store = FaultyStore(shelf.parts.store)
    return shelf.on(store), store


async def all_of(shelf: Shelf, record: RepositoryRecord) -> list[StoredChunk]:
    return [chunk async for page in all_stored(shelf.parts, record) for chunk in page]


async def pages(shelf: Shelf, record: RepositoryRecord, *, limit: int) -> list[ChunkPage]:
    found = [await stored_chunks(shelf.parts, record, limit=limit)]
    while after := found[-1].next:
        found.append(await stored_chunks(shelf.parts, record, after=after, limit=limit))
    return found


async def test_a_check_asks_about_each_chunk_of_a_repository_that_is_small_beside_others(
    shelf: Shelf, film: RepositoryRecord, large: RepositoryRecord
) -> None:
    await commit_tree(shelf.carrier(film), TREE)
    watched, store = counted(shelf)

    report = await check(watched.carrier(film))

    assert report.is_clean
    assert Counter(store.calls) == {"head": report.chunks, "get": 1 + NODES}


async def test_a_check_of_an_empty_repository_asks_the_store_nothing(
    shelf: Shelf, film: RepositoryRecord, large: RepositoryRecord
) -> None:
    watched, store = counted(shelf)

    report = await check(watched.carrier(film))

    assert report.is_clean
    assert store.calls == []


async def test_a_repository_that_is_most_of_a_store_is_listed(
    shelf: Shelf, large: RepositoryRecord
) -> None:
    watched, store = counted(shelf)

    found = await all_of(watched, large)

    assert len(found) == MANY
    assert store.calls == ["list"]


async def test_both_ways_tell_the_same(
    shelf: Shelf, film: RepositoryRecord, large: RepositoryRecord
) -> None:
    await commit_tree(shelf.carrier(film), TREE)
    watched, store = counted(shelf)
    asked = await all_of(watched, film)
    in_pages = await pages(watched, film, limit=2)
    alike = await stored_chunks(watched.parts, film, beginning=asked[3].id[:5], limit=10)
    async with shelf.parts.database.transaction() as tx:
        await tx.execute(
            "DELETE FROM repositories WHERE number = %(number)s", {"number": large.number}
        )

    listed = await all_of(shelf, film)

    assert "list" not in store.calls
    assert asked == listed
    assert [chunk for page in in_pages for chunk in page.chunks] == listed
    assert (alike.chunks, alike.next) == ([asked[3]], None)


async def test_one_that_the_store_has_lost_is_left_out(
    shelf: Shelf, film: RepositoryRecord, large: RepositoryRecord
) -> None:
    await commit_tree(shelf.carrier(film), TREE)
    before = await all_of(shelf, film)
    await shelf.parts.store.delete(chunk_key(before[1].id))

    after = await all_of(shelf, film)

    assert after == [before[0], *before[2:]]
