"""What the store holds of a repository's chunks, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from keyshelf.layout.repository import ChunkId, chunk_key, chunks_prefix, parse_chunk_key
from keyshelf.repositories.carrier import StoredChunk
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks import queries
from keyshelf.repositories.parts import RepositoryParts

_MOST_LISTED = 20_000
"""Objects that one page looks at: most of them may be other repositories'."""


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
    found: list[StoredChunk] = []
    looked_at, last = 0, after
    start = chunk_key(after) if after else None
    async for page in parts.store.list(chunks_prefix(beginning), start_after=start):
        listed = [
            StoredChunk(chunk, each.size, each.storage_class, each.modified_at)
            for each in page.objects
            if (chunk := parse_chunk_key(each.key)) and chunk.startswith(beginning)
        ]
        async with parts.database.read() as tx:
            ours = await queries.held(tx, record.number, [chunk.id for chunk in listed])
        for chunk in listed:
            if len(found) == limit:
                return ChunkPage(found, last)
            if chunk.id in ours:
                found.append(chunk)
            last = chunk.id
        looked_at += len(page.objects)
        if looked_at >= _MOST_LISTED:
            return ChunkPage(found, last)
    return ChunkPage(found, None)
