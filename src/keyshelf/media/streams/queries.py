"""Statements on encodes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.media import MediaHash
from keyshelf.media.streams.values import Area, Encode


async def lock(tx: Transaction, media: MediaHash, area: Area) -> None:
    """Hold the encodes of a hash until the transaction ends, waiting for whoever does."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%(what)s, 4))",
        {"what": f"encodes of {area}/{media}"},
    )


async def has_any(tx: ReadTransaction, media: MediaHash, area: Area) -> bool:
    """Say whether a hash has an encode, of whatever state."""
    return await tx.value(
        "SELECT EXISTS (SELECT FROM media_encodes WHERE hash = %(hash)s AND area = %(area)s)",
        {"hash": media, "area": area},
    )


async def insert(tx: Transaction, encode: Encode) -> None:
    """Add an encode that is being made."""
    await tx.execute(
        """
        INSERT INTO media_encodes (id, hash, area, job_id, state, folders)
        VALUES (%(id)s, %(hash)s, %(area)s, %(job)s, 'making', %(folders)s)
        """,
        {
            "id": encode.id,
            "hash": encode.hash,
            "area": encode.area,
            "job": encode.job_id,
            "folders": [*encode.folders],
        },
    )


async def make_live(tx: Transaction, encode: Encode, *, now: datetime) -> None:
    """Let an encode be the live one of its hash, in place of the one that was."""
    told = {"id": encode.id, "hash": encode.hash, "area": encode.area, "now": now}
    await tx.execute(
        """
        UPDATE media_encodes SET state = 'replaced', replaced_at = %(now)s
        WHERE hash = %(hash)s AND area = %(area)s AND state = 'live' AND id <> %(id)s
        """,
        told,
    )
    await tx.execute("UPDATE media_encodes SET state = 'live' WHERE id = %(id)s", told)


async def is_there(tx: ReadTransaction, encode_id: UUID) -> bool:
    """Say whether an encode was not deleted."""
    return await tx.value(
        "SELECT EXISTS (SELECT FROM media_encodes WHERE id = %(id)s)", {"id": encode_id}
    )


async def replaced(tx: ReadTransaction, *, before: datetime, limit: int) -> Sequence[Encode]:
    """Return encodes that others replaced before a moment, the longest replaced first."""
    rows = await tx.all(
        """
        SELECT id, hash, area, job_id, folders FROM media_encodes
        WHERE state = 'replaced' AND replaced_at < %(before)s ORDER BY replaced_at LIMIT %(limit)s
        """,
        {"before": before, "limit": limit},
    )
    return [_encode(row) for row in rows]


async def unfinished(tx: ReadTransaction, *, before: datetime) -> Sequence[Encode]:
    """Return encodes that were begun before a moment and did not become live."""
    rows = await tx.all(
        """
        SELECT id, hash, area, job_id, folders FROM media_encodes
        WHERE state = 'making' AND created_at < %(before)s ORDER BY created_at
        """,
        {"before": before},
    )
    return [_encode(row) for row in rows]


async def delete(tx: Transaction, encode_id: UUID) -> None:
    """Delete an encode."""
    await tx.execute("DELETE FROM media_encodes WHERE id = %(id)s", {"id": encode_id})


def _encode(row: Row) -> Encode:
    return Encode(row["id"], MediaHash(row["hash"]), row["area"], row["job_id"], row["folders"])
