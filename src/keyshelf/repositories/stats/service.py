"""What a repository holds, written beside its chunks: statistics, and a filter of their ids."""

from dataclasses import replace

import anyio.to_thread

from keyshelf.layout.repository import RepositoryId, bloom_key, stats_key
from keyshelf.repositories.bloom import ChunkFilter
from keyshelf.repositories.catalog import queries as catalog
from keyshelf.repositories.catalog.values import Filled, RepositoryRecord
from keyshelf.repositories.formats import documents
from keyshelf.repositories.formats.documents import StatsDocument
from keyshelf.repositories.objects import document_options
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.stats import queries

_IDS_AT_ONCE = 10_000
_REPOSITORIES_AT_ONCE = 100


async def write_snapshot(parts: RepositoryParts, repository: RepositoryId) -> None:
    """Write what a repository holds, and the Bloom filter of its chunks.

    Both may be behind a moment later and are never proof of anything. A crash leaves the
    ones before, and the next snapshot is written instead.
    """
    async with parts.database.read() as tx:
        record = await catalog.by_id(tx, repository)
        filled = await catalog.filled(tx, record.number) if record else Filled()
    if record is None:
        return
    options = document_options(record, parts.options)
    chunks = await _filter(parts, record, filled)
    attributes = replace(options.attributes, content_type="application/octet-stream")
    await parts.store.put(
        bloom_key(record.id), chunks.to_bytes(), replace(options, attributes=attributes)
    )
    document = StatsDocument(
        at=parts.clock(),
        generation=record.generation,
        commits=filled.commits,
        chunks=filled.chunks,
        logical_bytes=filled.logical_bytes,
        chunk_bytes=filled.chunk_bytes,
        stored_bytes=filled.stored_bytes,
    )
    await parts.store.put(stats_key(record.id), documents.encode(document), options)
    async with parts.database.transaction() as tx:
        await queries.note_snapshot(tx, record.number, record.generation)


async def write_stale_snapshots(parts: RepositoryParts) -> int:
    """Write the snapshots of some repositories that changed since; returns of how many."""
    async with parts.database.read() as tx:
        stale = await queries.stale(tx, limit=_REPOSITORIES_AT_ONCE)
    for repository in stale:
        await write_snapshot(parts, repository)
    return len(stale)


async def _filter(parts: RepositoryParts, record: RepositoryRecord, filled: Filled) -> ChunkFilter:
    chunks = ChunkFilter.sized_for(filled.chunks)
    async with parts.database.read() as tx:
        async for some in queries.chunk_ids(tx, record.number, batch=_IDS_AT_ONCE):
            await anyio.to_thread.run_sync(chunks.add, some)
    return chunks
