"""What the store holds of a repository's chunks, a page at a time.

Whoever lists the store goes through the chunks of all repositories. The store is asked about
each chunk of a repository that has only a small part of them.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace

from keyshelf.concurrency import map_each
from keyshelf.layout.repository import (
    CHUNKS,
    ChunkId,
    chunk_key,
    chunks_prefix,
    parse_chunk_key,
)
from keyshelf.repositories.carrier import MOST_CHUNKS, StoredChunk
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks import queries
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.store.base import ObjectMeta
from keyshelf.store.errors import ObjectNotFoundError

_MOST_LISTED = 20_000
"""Objects that one page looks at: most of them may be other repositories'."""
_ASKED_AT_ONCE = 16
_WORTH_LISTING = 8
"""To ask about one chunk takes as long as to list so many."""


@dataclass(frozen=True, slots=True)
class ChunkPage:
    """Some chunks in the order of their ids."""

    chunks: Sequence[StoredChunk]
    next: ChunkId | None
    """Where the next page goes on; None at the end. A page before it may be empty."""


async def stored_chunks(
    parts: RepositoryParts,
    record: RepositoryRecord,
    *,
    beginning: str = "",
    after: ChunkId | None = None,
    limit: int,
) -> ChunkPage:
    """Return up to `limit` of a repository's chunks whose ids begin so and come after one.

    Raises `IllegalDigestError` for what no id begins with.
    """
    prefix = chunks_prefix(beginning)
    if await _is_small(parts, record):
        return await _asked(parts, record, beginning=beginning, after=after, limit=limit)
    found: list[StoredChunk] = []
    looked_at, last = 0, after
    start = chunk_key(after) if after else None
    async for page in parts.store.list(prefix, start_after=start):
        listed = [each for each in _chunks_of(page.objects) if each.id.startswith(beginning)]
        ours = await _recorded(parts, record, listed)
        for chunk in listed:
            if len(found) == limit:
                return ChunkPage(found, last)
            if chunk.id in ours:
                found.append(ours[chunk.id])
            last = chunk.id
        looked_at += len(page.objects)
        if looked_at >= _MOST_LISTED:
            return ChunkPage(found, last)
    return ChunkPage(found, None)


async def all_stored(
    parts: RepositoryParts, record: RepositoryRecord
) -> AsyncGenerator[Sequence[StoredChunk]]:
    """Give what the store holds of all chunks of a repository, in the order of their ids."""
    if not await _is_small(parts, record):
        async for page in parts.store.list(CHUNKS):
            ours = await _recorded(parts, record, _chunks_of(page.objects))
            yield list(ours.values())
        return
    after: ChunkId | None = None
    while True:
        asked = await _asked(parts, record, after=after, limit=MOST_CHUNKS)
        yield asked.chunks
        after = asked.next
        if after is None:
            return


async def _is_small(parts: RepositoryParts, record: RepositoryRecord) -> bool:
    async with parts.database.read() as tx:
        ours, all_there_are = await queries.counts(tx, record.number)
    return ours * _WORTH_LISTING <= all_there_are


async def _asked(
    parts: RepositoryParts,
    record: RepositoryRecord,
    *,
    beginning: str = "",
    after: ChunkId | None,
    limit: int,
) -> ChunkPage:
    async def look(chunk: queries.RecordedChunk) -> StoredChunk | None:
        try:
            found = await parts.store.head(chunk_key(chunk.id))
        except ObjectNotFoundError:
            return None
        return replace(_stored(chunk.id, found), recorded_size=chunk.stored_size)

    async with parts.database.read() as tx:
        recorded = await queries.recorded(
            tx, record.number, beginning=beginning, after=after, limit=limit
        )
    found = await map_each(recorded, look, at_once=_ASKED_AT_ONCE)
    is_full = len(recorded) == limit
    return ChunkPage([each for each in found if each], recorded[-1].id if is_full else None)


async def _recorded(
    parts: RepositoryParts, record: RepositoryRecord, listed: Sequence[StoredChunk]
) -> dict[ChunkId, StoredChunk]:
    """Return those that are the repository's, in their order."""
    async with parts.database.read() as tx:
        sizes = await queries.recorded_sizes(tx, record.number, [chunk.id for chunk in listed])
    return {
        chunk.id: replace(chunk, recorded_size=sizes[chunk.id])
        for chunk in listed
        if chunk.id in sizes
    }


def _chunks_of(objects: Sequence[ObjectMeta]) -> list[StoredChunk]:
    return [_stored(chunk, each) for each in objects if (chunk := parse_chunk_key(each.key))]


def _stored(chunk: ChunkId, found: ObjectMeta) -> StoredChunk:
    return StoredChunk(chunk, found.size, found.storage_class, found.modified_at)
