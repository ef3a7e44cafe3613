"""Statements on chunks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from keyshelf.database import arrays
from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.catalog.values import RepositoryNumber


@dataclass(frozen=True, slots=True)
class VerifiedChunk:
    """A chunk whose bytes are in the store and proved to be its."""

    id: ChunkId
    size: int
    """Bytes of content."""
    stored_size: int
    """Bytes of the object."""


@dataclass(frozen=True, slots=True)
class RecordedChunk:
    """A chunk of a repository as its row tells."""

    id: ChunkId
    stored_size: int
    """Bytes that its object had when it was verified."""


async def present(
    tx: ReadTransaction, number: RepositoryNumber, ids: Sequence[ChunkId]
) -> set[ChunkId]:
    """Return which chunks are in a repository and will stay, as far as a push may rely on it."""
    rows = await tx.all(
        """
        SELECT encode(id, 'hex') AS id FROM repository_chunks
        WHERE repository = %(number)s AND id = ANY(%(ids)s::bytea[]) AND condemned_at IS NULL
        """,
        {"number": number, "ids": arrays.of_bytes(ids)},
    )
    return {ChunkId(row["id"]) for row in rows}


async def are_present(
    tx: ReadTransaction, number: RepositoryNumber, ids: Collection[bytes]
) -> bool:
    """Say whether all of some different chunks are in a repository and will stay."""
    # In one piece, for the driver writes long arrays slowly.
    found: int = await tx.value(
        """
        SELECT count(*) FROM repository_chunks
        WHERE repository = %(number)s AND condemned_at IS NULL AND id = ANY(ARRAY(
            SELECT substring(%(ids)s::bytea FROM 32 * place + 1 FOR 32)
            FROM generate_series(0, %(count)s - 1) AS place
        ))
        """,
        {"number": number, "ids": b"".join(ids), "count": len(ids)},
    )
    return found == len(ids)


async def held(
    tx: ReadTransaction, number: RepositoryNumber, ids: Sequence[ChunkId]
) -> set[ChunkId]:
    """Return which chunks a repository has, the condemned among them: what may be read."""
    rows = await tx.all(
        """
        SELECT encode(id, 'hex') AS id FROM repository_chunks
        WHERE repository = %(number)s AND id = ANY(%(ids)s::bytea[])
        """,
        {"number": number, "ids": arrays.of_bytes(ids)},
    )
    return {ChunkId(row["id"]) for row in rows}


async def recorded_sizes(
    tx: ReadTransaction, number: RepositoryNumber, ids: Sequence[ChunkId]
) -> dict[ChunkId, int]:
    """Return which chunks a repository has, with the sizes of their objects as verified."""
    rows = await tx.all(
        """
        SELECT encode(id, 'hex') AS id, stored_size FROM repository_chunks
        WHERE repository = %(number)s AND id = ANY(%(ids)s::bytea[])
        """,
        {"number": number, "ids": arrays.of_bytes(ids)},
    )
    return {ChunkId(row["id"]): row["stored_size"] for row in rows}


async def recorded(
    tx: ReadTransaction,
    number: RepositoryNumber,
    *,
    beginning: str = "",
    after: ChunkId | None = None,
    limit: int,
) -> list[RecordedChunk]:
    """Return the next chunks of a repository whose ids begin so, in the order of ids."""
    rows = await tx.all(
        """
        SELECT encode(id, 'hex') AS id, stored_size FROM repository_chunks
        WHERE repository = %(number)s AND id > %(after)s AND id BETWEEN %(first)s AND %(last)s
        ORDER BY repository_chunks.id LIMIT %(limit)s
        """,
        {
            "number": number,
            "after": bytes.fromhex(after or ""),
            "first": bytes.fromhex(beginning.ljust(64, "0")),
            "last": bytes.fromhex(beginning.ljust(64, "f")),
            "limit": limit,
        },
    )
    return [RecordedChunk(ChunkId(row["id"]), row["stored_size"]) for row in rows]


async def counts(tx: ReadTransaction, number: RepositoryNumber) -> tuple[int, int]:
    """Return how many chunks a repository has, and about how many all have together."""
    row = await tx.one(
        """
        SELECT chunks AS ours,
            -- Ids are spread evenly: one in 256 begins with any byte.
            256 * (SELECT count(DISTINCT id) FROM repository_chunks WHERE id < '\\x01') AS everyones
        FROM repositories WHERE number = %(number)s
        """,
        {"number": number},
    )
    return (row["ours"], row["everyones"]) if row else (0, 0)


async def held_alike(
    tx: ReadTransaction, number: RepositoryNumber, ids: Sequence[ChunkId]
) -> dict[ChunkId, int]:
    """Return which chunks are in a repository, or in any other where ids mean the same.

    With the sizes of their objects. The others are the repositories that are not encrypted:
    a row of an encrypted one proves nothing, for who has its secret calls anything by any id.
    """
    rows = await tx.all(
        """
        SELECT DISTINCT encode(c.id, 'hex') AS id, c.stored_size FROM repository_chunks c
        JOIN repositories theirs ON theirs.number = c.repository
        JOIN repositories ours ON ours.number = %(number)s
        WHERE c.id = ANY(%(ids)s::bytea[]) AND (
            theirs.number = ours.number OR (theirs.key_id IS NULL AND ours.key_id IS NULL)
        )
        """,
        {"number": number, "ids": arrays.of_bytes(ids)},
    )
    return {ChunkId(row["id"]): row["stored_size"] for row in rows}


async def lock(tx: Transaction, number: RepositoryNumber) -> int:
    """Lock a repository's row against the collector and each other; returns its generation."""
    generation: int = await tx.value(
        "SELECT generation FROM repositories WHERE number = %(number)s FOR NO KEY UPDATE",
        {"number": number},
    )
    return generation


async def take_in(
    tx: Transaction, number: RepositoryNumber, chunks: Sequence[VerifiedChunk]
) -> None:
    """Take verified chunks into a repository; those that were condemned stay after all."""
    # Everybody locks the repository before its chunks, so that nobody waits in a circle.
    await lock(tx, number)
    different = {chunk.id: chunk for chunk in chunks}.values()
    await tx.execute(
        """
        WITH taken AS (
            INSERT INTO repository_chunks AS c (repository, id, size, stored_size)
            SELECT %(number)s, * FROM unnest(%(ids)s::bytea[], %(sizes)s::int[], %(stored)s::int[])
            ON CONFLICT (repository, id) DO UPDATE
                SET condemned_at = NULL, condemned_epoch = NULL WHERE c.condemned_at IS NOT NULL
            RETURNING xmax = 0 AS is_new, size, stored_size
        ), sums AS (
            SELECT count(*) AS chunks, sum(size) AS bytes, sum(stored_size) AS stored
            FROM taken WHERE is_new
        )
        UPDATE repositories SET chunks = repositories.chunks + sums.chunks,
            chunk_bytes = chunk_bytes + sums.bytes, stored_bytes = stored_bytes + sums.stored
        FROM sums WHERE number = %(number)s AND sums.chunks > 0
        """,
        {
            "number": number,
            "ids": arrays.of_bytes(chunk.id for chunk in different),
            "sizes": arrays.of_numbers(chunk.size for chunk in different),
            "stored": arrays.of_numbers(chunk.stored_size for chunk in different),
        },
    )


async def keep(tx: Transaction, number: RepositoryNumber, ids: Sequence[ChunkId]) -> set[ChunkId]:
    """Return which chunks a repository has, and make sure that they stay, condemned or not."""
    await lock(tx, number)
    rows = await tx.all(
        """
        UPDATE repository_chunks SET condemned_at = NULL, condemned_epoch = NULL
        WHERE repository = %(number)s AND id = ANY(%(ids)s::bytea[])
        RETURNING encode(id, 'hex') AS id
        """,
        {"number": number, "ids": arrays.of_bytes(ids)},
    )
    return {ChunkId(row["id"]) for row in rows}


async def forget(tx: Transaction, ids: Sequence[ChunkId]) -> None:
    """Take chunks out of every repository that has them."""
    parameters = {"ids": arrays.of_bytes(ids)}
    # The repositories before the chunks, as everybody locks them.
    await tx.execute(
        """
        SELECT number FROM repositories WHERE number IN (
            SELECT repository FROM repository_chunks WHERE id = ANY(%(ids)s::bytea[])
        ) ORDER BY number FOR NO KEY UPDATE
        """,
        parameters,
    )
    await tx.execute(
        """
        WITH gone AS (
            DELETE FROM repository_chunks WHERE id = ANY(%(ids)s::bytea[])
            RETURNING repository, size, stored_size
        ), sums AS (
            SELECT repository, count(*) AS chunks, sum(size) AS bytes, sum(stored_size) AS stored
            FROM gone GROUP BY repository
        )
        UPDATE repositories SET chunks = repositories.chunks - sums.chunks,
            chunk_bytes = chunk_bytes - sums.bytes, stored_bytes = stored_bytes - sums.stored
        FROM sums WHERE number = sums.repository
        """,
        parameters,
    )


async def drop_others(tx: Transaction, chunk: ChunkId, key_id: bytes | None) -> None:
    """Take a chunk that proved to be of one key out of the repositories that have another.

    Ids of different keys never meet: whoever claimed it there has lied, and must not be
    able to read what comes in its place.
    """
    parameters = {"id": bytes.fromhex(chunk), "key_id": key_id}
    # The repositories before the chunk, as everybody locks them.
    await tx.execute(
        """
        SELECT number FROM repositories WHERE key_id IS DISTINCT FROM %(key_id)s AND number IN (
            SELECT repository FROM repository_chunks WHERE id = %(id)s
        ) ORDER BY number FOR NO KEY UPDATE
        """,
        parameters,
    )
    await tx.execute(
        """
        WITH gone AS (
            DELETE FROM repository_chunks c USING repositories r
            WHERE c.id = %(id)s AND r.number = c.repository
                AND r.key_id IS DISTINCT FROM %(key_id)s
            RETURNING c.repository, c.size, c.stored_size
        )
        UPDATE repositories SET chunks = chunks - 1, chunk_bytes = chunk_bytes - gone.size,
            stored_bytes = stored_bytes - gone.stored_size
        FROM gone WHERE number = gone.repository
        """,
        parameters,
    )


async def hold_key(tx: Transaction, key: str) -> None:
    """Keep others from replacing or removing a wrong object until the transaction ends."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('keyshelf.chunk:' || %(key)s, 0))",
        {"key": key},
    )
