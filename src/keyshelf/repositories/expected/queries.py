"""Statements on the objects that repositories tell of."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from keyshelf.database import arrays
from keyshelf.database.transactions import ReadTransaction, Row
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import (
    ChunkId,
    CommitHash,
    RepositoryId,
    chunk_key,
    manifest_key,
    repository_key,
)
from keyshelf.store.expected import Expected

# Repositories share chunks. Where they tell of different sizes, which one is right only the
# object can say.
_SIZE: LiteralString = "CASE WHEN min(stored_size) = max(stored_size) THEN min(stored_size) END"


async def chunks_after(tx: ReadTransaction, chunk: str, *, limit: int) -> list[Expected]:
    """Return the next chunks by id, those of several repositories once."""
    # The bound is looked up by itself: without statistics a plan would group all rows there are.
    sql: LiteralString = f"""
        SELECT json_agg(json_build_array(id, size)) FROM (
            SELECT encode(id, 'hex') AS id, {_SIZE} AS size FROM repository_chunks
            WHERE id > %(after)s AND id <= (
                SELECT id FROM (
                    SELECT id FROM repository_chunks WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
                ) page ORDER BY id DESC LIMIT 1
            ) GROUP BY repository_chunks.id ORDER BY repository_chunks.id
        ) c
    """
    told = {"after": bytes.fromhex(chunk), "limit": limit}
    rows: list[tuple[ChunkId, int | None]] | None = await tx.value(sql, told)
    return [Expected(chunk_key(chunk), size) for chunk, size in rows or ()]


async def chunk_far_after(tx: ReadTransaction, chunk: str, *, rows: int) -> ChunkId | None:
    """Return the chunk that comes so many rows after one; None when there are fewer."""
    found: str | None = await tx.value(
        """
        SELECT encode(id, 'hex') FROM repository_chunks WHERE id > %(after)s
        ORDER BY id OFFSET %(rows)s - 1 LIMIT 1
        """,
        {"after": bytes.fromhex(chunk), "rows": rows},
    )
    return ChunkId(found) if found else None


async def manifests_after(
    tx: ReadTransaction, repository: UUID, commit: str, *, limit: int
) -> list[Expected]:
    """Return the next manifests by repository and hash."""
    rows = await tx.all(
        """
        SELECT r.id, encode(c.hash, 'hex') AS hash
        FROM repositories r CROSS JOIN LATERAL (
            SELECT hash FROM repository_commits
            WHERE repository = r.number AND (r.id > %(repository)s OR hash > %(commit)s)
            ORDER BY hash LIMIT %(limit)s
        ) c
        WHERE r.id >= %(repository)s ORDER BY r.id, c.hash LIMIT %(limit)s
        """,
        {"repository": repository, "commit": bytes.fromhex(commit), "limit": limit},
    )
    return [
        Expected(manifest_key(RepositoryId(row["id"]), CommitHash(row["hash"])), None)
        for row in rows
    ]


async def documents_after(
    tx: ReadTransaction, repository: UUID | None, *, limit: int
) -> list[Expected]:
    """Return the next documents of repositories that were mirrored."""
    rows = await tx.all(
        """
        SELECT id FROM repositories
        WHERE mirrored_generation > 0 AND (%(after)s::uuid IS NULL OR id > %(after)s)
        ORDER BY id LIMIT %(limit)s
        """,
        {"after": repository, "limit": limit},
    )
    return [Expected(repository_key(RepositoryId(row["id"])), None) for row in rows]


async def chunks(tx: ReadTransaction, ids: Sequence[ChunkId]) -> list[tuple[ChunkId, int | None]]:
    """Return which of some chunks rows tell of, with their sizes."""
    sql: LiteralString = f"""
        SELECT encode(id, 'hex') AS id, {_SIZE} AS size FROM repository_chunks
        WHERE id = ANY(%(ids)s::bytea[]) GROUP BY repository_chunks.id
    """
    rows = await tx.all(sql, {"ids": arrays.of_bytes(ids)})
    return [(ChunkId(row["id"]), row["size"]) for row in rows]


async def commits(
    tx: ReadTransaction, hashes: Sequence[CommitHash]
) -> list[tuple[RepositoryId, CommitHash]]:
    """Return which commits rows tell of that have some hashes."""
    rows = await tx.all(
        """
        SELECT r.id, encode(c.hash, 'hex') AS hash FROM repositories r
        JOIN repository_commits c ON c.repository = r.number
        WHERE c.hash = ANY(%(hashes)s::bytea[])
        """,
        {"hashes": arrays.of_bytes(hashes)},
    )
    return [(RepositoryId(row["id"]), CommitHash(row["hash"])) for row in rows]


async def repositories(tx: ReadTransaction, ids: Sequence[RepositoryId]) -> list[Row]:
    """Return `id` and `is_mirrored` of those of some repositories that there are."""
    return await tx.all(
        """
        SELECT id, mirrored_generation > 0 AS is_mirrored FROM repositories
        WHERE id = ANY(%(ids)s)
        """,
        {"ids": list(ids)},
    )


async def on_their_way(tx: ReadTransaction, keys: Sequence[ObjectKey]) -> list[ObjectKey]:
    """Return those of some keys that a push has reserved, or that wait for deletion."""
    rows = await tx.all(
        """
        SELECT key FROM repository_deletions WHERE key = ANY(%(keys)s::text[])
        UNION
        SELECT key FROM repository_reservations, unnest(keys) AS key
        WHERE keys && %(keys)s::text[] AND key = ANY(%(keys)s::text[])
        """,
        {"keys": arrays.of_texts(keys)},
    )
    return [ObjectKey(row["key"]) for row in rows]
