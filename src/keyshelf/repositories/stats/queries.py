"""Statements on snapshots of what repositories hold."""

from collections.abc import AsyncIterator

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.layout.repository import ChunkId, RepositoryId
from keyshelf.repositories.catalog.values import RepositoryNumber


async def stale(tx: ReadTransaction, *, limit: int) -> list[RepositoryId]:
    """Return repositories that changed since their last snapshot."""
    rows = await tx.all(
        "SELECT id FROM repositories WHERE snapshot_generation < generation LIMIT %(limit)s",
        {"limit": limit},
    )
    return [RepositoryId(row["id"]) for row in rows]


async def note_snapshot(tx: Transaction, number: RepositoryNumber, generation: int) -> None:
    """Note that the snapshot tells of at least a generation."""
    await tx.execute(
        """
        UPDATE repositories SET snapshot_generation = %(generation)s
        WHERE number = %(number)s AND snapshot_generation < %(generation)s
        """,
        {"number": number, "generation": generation},
    )


async def chunk_ids(
    tx: ReadTransaction, number: RepositoryNumber, *, batch: int
) -> AsyncIterator[list[ChunkId]]:
    """Give the ids of the chunks that a push may rely on, some at a time."""
    some: list[ChunkId] = []
    rows = tx.stream(
        """
        SELECT encode(id, 'hex') AS id FROM repository_chunks
        WHERE repository = %(number)s AND condemned_at IS NULL
        """,
        {"number": number},
        batch=batch,
    )
    async for row in rows:
        some.append(ChunkId(row["id"]))
        if len(some) == batch:
            yield some
            some = []
    if some:
        yield some
