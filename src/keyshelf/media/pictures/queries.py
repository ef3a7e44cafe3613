"""The SQL of the ledger of rendered pictures that are kept."""

from collections.abc import Sequence
from datetime import datetime

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import ProcessingHash
from keyshelf.media.pictures.values import Picture
from keyshelf.media.source_versions import SourceVersion


async def lock(tx: Transaction, name: ProcessingHash) -> None:
    """Hold a picture's name until the transaction ends, waiting for whoever holds it.

    The commit does not wait for the disk: a crash may lose the row, and upkeep then removes
    the object that nothing names.
    """
    await tx.execute(
        """
        SELECT set_config('synchronous_commit', 'off', true),
            pg_advisory_xact_lock(hashtextextended(%(name)s, 5))
        """,
        {"name": f"picture {name}"},
    )


async def note(
    tx: Transaction,
    picture: Picture,
    *,
    key: ObjectKey,
    version: SourceVersion,
    content_hash: str | None,
) -> None:
    """Note that a picture is kept in the store."""
    await tx.execute(
        """
        INSERT INTO image_cache_entries
            (processing_hash, storage_key, source_key, source_version, hash, format, size)
        VALUES (%(name)s, %(key)s, %(source)s, %(version)s, %(hash)s, %(format)s, %(size)s)
        ON CONFLICT (processing_hash) DO UPDATE SET
            hash = coalesce(EXCLUDED.hash, image_cache_entries.hash), size = EXCLUDED.size,
            created_at = now()
        """,
        {
            "name": picture.name,
            "key": key,
            "source": picture.source,
            "version": version.name,
            "hash": content_hash,
            "format": picture.format.value,
            "size": len(picture.data),
        },
    )


async def learn(
    tx: Transaction, source: ObjectKey, version: SourceVersion, content_hash: str
) -> None:
    """Note of which content the pictures of a source's version are."""
    await tx.execute(
        """
        UPDATE image_cache_entries SET hash = %(hash)s
        WHERE source_key = %(source)s AND source_version = %(version)s AND hash IS NULL
        """,
        {"hash": content_hash, "source": source, "version": version.name},
    )


async def sources_among(tx: ReadTransaction, keys: Sequence[ObjectKey]) -> Sequence[ObjectKey]:
    """Return those of some keys that pictures were made of."""
    rows = await tx.all(
        "SELECT DISTINCT source_key FROM image_cache_entries WHERE source_key = ANY(%(keys)s)",
        {"keys": list(keys)},
    )
    return [row["source_key"] for row in rows]


async def made_before(
    tx: ReadTransaction, moment: datetime, *, limit: int
) -> dict[ProcessingHash, ObjectKey]:
    """Return the oldest pictures that were made before a moment."""
    rows = await tx.all(
        """
        SELECT processing_hash, storage_key FROM image_cache_entries
        WHERE created_at < %(moment)s ORDER BY created_at LIMIT %(limit)s
        """,
        {"moment": moment, "limit": limit},
    )
    return {row["processing_hash"]: row["storage_key"] for row in rows}


async def sources_with_versions(tx: ReadTransaction, *, limit: int) -> Sequence[ObjectKey]:
    """Return sources of which there are pictures of several versions."""
    rows = await tx.all(
        """
        SELECT source_key FROM image_cache_entries GROUP BY source_key
        HAVING min(source_version) <> max(source_version) LIMIT %(limit)s
        """,
        {"limit": limit},
    )
    return [row["source_key"] for row in rows]


async def of_other_versions(
    tx: ReadTransaction, source: ObjectKey, version: SourceVersion | None
) -> dict[ProcessingHash, ObjectKey]:
    """Return the pictures of a source that are not of a version; all of them for None."""
    rows = await tx.all(
        """
        SELECT processing_hash, storage_key FROM image_cache_entries
        WHERE source_key = %(source)s AND source_version IS DISTINCT FROM %(version)s
        """,
        {"source": source, "version": version.name if version else None},
    )
    return {row["processing_hash"]: row["storage_key"] for row in rows}


async def unknown(tx: ReadTransaction, keys: Sequence[ObjectKey]) -> Sequence[ObjectKey]:
    """Return those of some objects that no picture is kept in."""
    rows = await tx.all(
        """
        SELECT k.key FROM unnest(%(keys)s::text[]) AS k (key)
        WHERE NOT EXISTS (
            SELECT FROM image_cache_entries e
            WHERE e.processing_hash = substr(k.key, 7, 64) AND e.storage_key = k.key
        )
        """,
        {"keys": list(keys)},
    )
    return [row["key"] for row in rows]


async def forget(tx: Transaction, names: Sequence[ProcessingHash], *, before: datetime) -> int:
    """Delete rows of pictures that were made before a moment; returns how many."""
    return await tx.execute(
        """
        DELETE FROM image_cache_entries
        WHERE processing_hash = ANY(%(names)s) AND created_at < %(before)s
        """,
        {"names": list(names), "before": before},
    )
