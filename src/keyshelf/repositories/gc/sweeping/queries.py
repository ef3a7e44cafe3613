"""Statements that condemn and drop rows of what is not marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.catalog.values import RepositoryNumber
from keyshelf.repositories.gc.queries import (
    CHUNK_MARKED,
    CHUNK_REACHED,
    COMMIT_REACHED,
    MAY_GO,
    Horizon,
)

_SHARED: LiteralString = """
    EXISTS (SELECT FROM repository_chunks o WHERE o.id = c.id AND o.repository <> c.repository)
"""
_CONDEMN: LiteralString = "SET condemned_at = %(now)s, condemned_epoch = %(epoch)s"
_SPARE: LiteralString = "SET condemned_at = NULL, condemned_epoch = NULL"


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of some rows, or would."""

    condemned: int = 0
    deleted: int = 0
    objects: int = 0
    """Objects that no other repository has."""
    freed_bytes: int = 0
    """Their sizes."""

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(
            self.condemned + other.condemned,
            self.deleted + other.deleted,
            self.objects + other.objects,
            self.freed_bytes + other.freed_bytes,
        )


async def spare_commits(tx: Transaction, horizon: Horizon) -> int:
    """Let commits stay that were condemned and that refs lead to again."""
    sql: LiteralString = f"""
        UPDATE repository_commits c {_SPARE}
        WHERE c.repository = %(number)s AND c.condemned_at IS NOT NULL AND {COMMIT_REACHED}
    """
    return await tx.execute(sql, horizon.params)


async def condemn_commits(tx: Transaction, horizon: Horizon) -> int:
    """Condemn commits that no ref leads to."""
    sql: LiteralString = f"""
        UPDATE repository_commits c {_CONDEMN}
        WHERE c.repository = %(number)s AND c.condemned_at IS NULL AND NOT {COMMIT_REACHED}
    """
    return await tx.execute(sql, horizon.params)


async def drop_commits(tx: Transaction, horizon: Horizon) -> list[CommitHash]:
    """Remove the rows of commits that no ref leads to and that may go."""
    sql: LiteralString = f"""
        DELETE FROM repository_commits c
        WHERE c.repository = %(number)s AND NOT {COMMIT_REACHED} AND {MAY_GO}
        RETURNING encode(c.hash, 'hex') AS hash
    """
    return [CommitHash(row["hash"]) for row in await tx.all(sql, horizon.params)]


async def count_commits(tx: ReadTransaction, horizon: Horizon) -> Swept:
    """Return what condemning and dropping commits would do."""
    sql: LiteralString = f"""
        SELECT count(*) FILTER (WHERE {MAY_GO}) AS deleted,
            count(*) FILTER (WHERE NOT ({MAY_GO}) AND c.condemned_at IS NULL) AS condemned
        FROM repository_commits c WHERE c.repository = %(number)s AND NOT {COMMIT_REACHED}
    """
    row = await tx.one(sql, horizon.params)
    return Swept(row["condemned"], row["deleted"], row["deleted"]) if row else Swept()


async def chunks_after(
    tx: ReadTransaction, number: RepositoryNumber, after: bytes, *, limit: int
) -> list[bytes]:
    """Return the next ids of a repository's chunks in their order."""
    rows = await tx.all(
        """
        SELECT id FROM repository_chunks WHERE repository = %(number)s AND id > %(after)s
        ORDER BY id LIMIT %(limit)s
        """,
        {"number": number, "after": after, "limit": limit},
    )
    return [row["id"] for row in rows]


async def count_all_chunks(tx: ReadTransaction, number: RepositoryNumber) -> int:
    """Return how many chunks a repository has, by its counter."""
    found: int | None = await tx.value(
        "SELECT chunks FROM repositories WHERE number = %(number)s", {"number": number}
    )
    return found or 0


async def spare_chunks(tx: Transaction, horizon: Horizon, ids: Sequence[bytes]) -> int:
    """Let chunks stay that were condemned and that refs lead to again."""
    sql: LiteralString = f"""
        UPDATE repository_chunks c {_SPARE}
        WHERE c.repository = %(number)s AND c.id = ANY(%(ids)s)
            AND c.condemned_at IS NOT NULL AND {CHUNK_REACHED}
    """
    return await tx.execute(sql, {**horizon.params, "ids": list(ids)})


async def condemn_chunks(tx: Transaction, horizon: Horizon, ids: Sequence[bytes]) -> int:
    """Condemn chunks that no ref leads to: pushes that begin from now on send them again."""
    sql: LiteralString = f"""
        UPDATE repository_chunks c {_CONDEMN}
        WHERE c.repository = %(number)s AND c.id = ANY(%(ids)s)
            AND c.condemned_at IS NULL AND NOT {CHUNK_REACHED}
    """
    return await tx.execute(sql, {**horizon.params, "ids": list(ids)})


async def drop_chunks(
    tx: Transaction, horizon: Horizon, ids: Sequence[bytes]
) -> tuple[list[ChunkId], Swept]:
    """Remove the rows of chunks that nothing leads to and that may go; returns which."""
    sql: LiteralString = f"""
        DELETE FROM repository_chunks c
        WHERE c.repository = %(number)s AND c.id = ANY(%(ids)s)
            AND NOT {CHUNK_MARKED} AND {MAY_GO}
        RETURNING encode(c.id, 'hex') AS id, c.size, c.stored_size, {_SHARED} AS is_shared
    """
    rows = await tx.all(sql, {**horizon.params, "ids": list(ids)})
    await tx.execute(
        """
        UPDATE repositories SET chunks = chunks - %(chunks)s,
            chunk_bytes = chunk_bytes - %(bytes)s, stored_bytes = stored_bytes - %(stored)s
        WHERE number = %(number)s
        """,
        {
            "number": horizon.number,
            "chunks": len(rows),
            "bytes": sum(row["size"] for row in rows),
            "stored": sum(row["stored_size"] for row in rows),
        },
    )
    freed = [row["stored_size"] for row in rows if not row["is_shared"]]
    return (
        [ChunkId(row["id"]) for row in rows],
        Swept(deleted=len(rows), objects=len(freed), freed_bytes=sum(freed)),
    )


async def count_chunks(tx: ReadTransaction, horizon: Horizon, ids: Sequence[bytes]) -> Swept:
    """Return what condemning and dropping chunks would do."""
    sql: LiteralString = f"""
        WITH unreached AS (
            SELECT c.condemned_at IS NULL AS is_new, c.stored_size, {_SHARED} AS is_shared,
                NOT {CHUNK_MARKED} AND {MAY_GO} AS goes
            FROM repository_chunks c
            WHERE c.repository = %(number)s AND c.id = ANY(%(ids)s) AND NOT {CHUNK_REACHED}
        )
        SELECT count(*) FILTER (WHERE is_new AND NOT goes) AS condemned,
            count(*) FILTER (WHERE goes) AS deleted,
            count(*) FILTER (WHERE goes AND NOT is_shared) AS objects,
            coalesce(sum(stored_size) FILTER (WHERE goes AND NOT is_shared), 0)::bigint AS freed
        FROM unreached
    """
    row = await tx.one(sql, {**horizon.params, "ids": list(ids)})
    if row is None:
        return Swept()
    return Swept(row["condemned"], row["deleted"], row["objects"], row["freed"])
