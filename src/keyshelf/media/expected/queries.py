"""Statements on the objects that were made of media."""

from collections.abc import Sequence
from uuid import UUID

from keyshelf.database import arrays
from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, ProcessingHash
from keyshelf.store.expected import Expected


async def renditions_after(
    tx: ReadTransaction, key: str, *, before: str | None, limit: int
) -> list[Expected]:
    """Return the next renditions by key, up to some key.

    The row of a stream has the size of all its objects, and the key of its playlist.
    """
    rows = await tx.all(
        """
        SELECT key, CASE WHEN kind <> 'stream' THEN size END AS size FROM media_renditions
        WHERE key > %(after)s AND (%(before)s::text IS NULL OR key < %(before)s)
        ORDER BY key LIMIT %(limit)s
        """,
        {"after": key, "before": before, "limit": limit},
    )
    return [Expected(ObjectKey(row["key"]), row["size"]) for row in rows]


async def pictures_after(tx: ReadTransaction, name: str, *, limit: int) -> list[Expected]:
    """Return the next kept pictures by their names, which their keys are ordered by as well."""
    rows = await tx.all(
        """
        SELECT storage_key, size FROM image_cache_entries
        WHERE processing_hash > %(after)s ORDER BY processing_hash LIMIT %(limit)s
        """,
        {"after": name, "limit": limit},
    )
    return [Expected(ObjectKey(row["storage_key"]), row["size"]) for row in rows]


async def renditions(tx: ReadTransaction, keys: Sequence[ObjectKey]) -> list[Expected]:
    """Return what rows say of those of some keys that are renditions'."""
    rows = await tx.all(
        """
        SELECT key, CASE WHEN kind <> 'stream' THEN size END AS size FROM media_renditions
        WHERE key = ANY(%(keys)s::text[])
        """,
        {"keys": arrays.of_texts(keys)},
    )
    return [Expected(ObjectKey(row["key"]), row["size"]) for row in rows]


async def pictures(tx: ReadTransaction, names: Sequence[ProcessingHash]) -> list[Expected]:
    """Return the objects of some pictures that are kept."""
    rows = await tx.all(
        """
        SELECT storage_key, size FROM image_cache_entries
        WHERE processing_hash = ANY(%(names)s::text[])
        """,
        {"names": arrays.of_texts(names)},
    )
    return [Expected(ObjectKey(row["storage_key"]), row["size"]) for row in rows]


async def encodes(tx: ReadTransaction, hashes: Sequence[MediaHash]) -> list[Row]:
    """Return `hash`, `area` and `folders` of the encodes of some hashes, of whatever state."""
    return await tx.all(
        "SELECT hash, area, folders FROM media_encodes WHERE hash = ANY(%(hashes)s::text[])",
        {"hashes": arrays.of_texts(hashes)},
    )


async def busy(tx: ReadTransaction, hashes: Sequence[MediaHash]) -> set[MediaHash]:
    """Return for which of some hashes something is being made or removed."""
    rows = await tx.all(
        """
        SELECT payload ->> 'hash' AS hash FROM jobs
        WHERE payload ? 'hash' AND payload ->> 'hash' = ANY(%(hashes)s::text[])
            AND state IN ('queued', 'running', 'paused')
        UNION
        SELECT hash FROM media_removals WHERE hash = ANY(%(hashes)s::text[])
        """,
        {"hashes": arrays.of_texts(hashes)},
    )
    return {MediaHash(row["hash"]) for row in rows}


async def keeping(tx: ReadTransaction, jobs: Sequence[UUID]) -> set[UUID]:
    """Return which of some jobs may go on with the parts that they have kept."""
    rows = await tx.all(
        "SELECT id FROM jobs WHERE id = ANY(%(jobs)s) AND state <> 'succeeded'",
        {"jobs": list(jobs)},
    )
    return {row["id"] for row in rows}


async def forget_renditions(tx: Transaction, keys: Sequence[ObjectKey]) -> None:
    """Delete the rows of renditions."""
    await tx.execute(
        "DELETE FROM media_renditions WHERE key = ANY(%(keys)s::text[])",
        {"keys": arrays.of_texts(keys)},
    )


async def forget_pictures(tx: Transaction, keys: Sequence[ObjectKey]) -> None:
    """Delete the rows of kept pictures."""
    await tx.execute(
        """
        DELETE FROM image_cache_entries
        WHERE processing_hash = ANY(%(names)s::text[]) AND storage_key = ANY(%(keys)s::text[])
        """,
        {
            "names": arrays.of_texts(key.partition("/")[2].partition(".")[0] for key in keys),
            "keys": arrays.of_texts(keys),
        },
    )
