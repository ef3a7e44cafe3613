"""Statements on what is in the trash."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.drive.rows import COLUMNS, from_row
from keyshelf.drive.values import DriveFile
from keyshelf.layout.drive import OwnerId

# A copy that is under way lands on its key whatever happens to its row: the row must
# hold the key until then, or the bytes of the key's next owner would be overwritten.
_IN_FLIGHT: LiteralString = """
    EXISTS (
        WITH RECURSIVE below (id, in_flight) AS (
            SELECT f.id, f.pending_key IS NOT NULL OR f.state = 'pending'
            UNION
            SELECT c.id, c.pending_key IS NOT NULL OR c.state = 'pending'
            FROM files c JOIN below b ON c.parent_id = b.id
        )
        SELECT FROM below WHERE in_flight
    )
"""


async def mark_trashed(tx: Transaction, file: DriveFile, at: datetime) -> None:
    """Trash a row and every live row below it, as one thing."""
    await tx.execute(
        """
        WITH RECURSIVE below (id) AS (
            SELECT id FROM files WHERE id = %(id)s
            UNION
            SELECT f.id FROM files f JOIN below b ON f.parent_id = b.id WHERE f.deleted_at IS NULL
        )
        UPDATE files f SET deleted_at = %(at)s, trashed_with = %(id)s, moving = false,
            version = version + 1
        FROM below WHERE f.id = below.id
        """,
        {"id": file.id, "at": at},
    )


async def mark_restored(tx: Transaction, file: DriveFile) -> None:
    """Bring back everything that was trashed with this row; keys follow where they differ."""
    await tx.execute(
        """
        UPDATE files SET deleted_at = NULL, trashed_with = NULL, moving = true,
            version = version + 1
        WHERE trashed_with = %(id)s
        """,
        {"id": file.id},
    )


async def open_uploads_below(tx: ReadTransaction, file_id: UUID) -> int:
    """Count the uploads that are under way for a row or anything below it."""
    value: int = await tx.value(
        """
        WITH RECURSIVE below (id) AS (
            SELECT %(id)s::uuid
            UNION
            SELECT f.id FROM files f JOIN below b ON f.parent_id = b.id WHERE f.deleted_at IS NULL
        )
        SELECT count(*) FROM uploads u JOIN below ON u.file_id = below.id WHERE u.state = 'pending'
        """,
        {"id": file_id},
    )
    return value


async def is_in_flight(tx: ReadTransaction, file_id: UUID) -> bool:
    """Say whether an object of this row, or of one below it, is being copied somewhere."""
    sql: LiteralString = f"SELECT {_IN_FLIGHT} FROM files f WHERE f.id = %(id)s"
    value: bool | None = await tx.value(sql, {"id": file_id})
    return value or False


async def count_trashed(tx: ReadTransaction, *, owners: Sequence[OwnerId], before: datetime) -> int:
    """Count what was trashed by itself before a time."""
    value: int = await tx.value(
        """
        SELECT count(*) FROM files
        WHERE trashed_with = id AND deleted_at < %(before)s AND owner_id = ANY(%(owners)s)
        """,
        {"owners": list(owners), "before": before},
    )
    return value


async def purgeable(
    tx: ReadTransaction, *, owners: Sequence[OwnerId] | None, before: datetime, limit: int
) -> list[DriveFile]:
    """Return some of what was trashed by itself before a time, the oldest first.

    What has objects in flight is left out.
    """
    sql: LiteralString = f"""
        SELECT {COLUMNS} FROM files f
        WHERE f.trashed_with = f.id AND f.deleted_at < %(before)s
          AND (%(owners)s::text[] IS NULL OR f.owner_id = ANY(%(owners)s))
          AND NOT {_IN_FLIGHT}
        ORDER BY f.deleted_at LIMIT %(limit)s
    """
    owner_list = None if owners is None else list(owners)
    rows = await tx.all(sql, {"owners": owner_list, "before": before, "limit": limit})
    return [from_row(row) for row in rows]


async def purge(tx: Transaction, roots: Sequence[UUID], at: datetime) -> int:
    """Delete trashed rows and all below them; notes their objects for deletion.

    Returns how many roots there were. What is live is never touched.
    """
    params = {"roots": list(roots), "at": at}
    await tx.execute(
        """
        WITH RECURSIVE below (id) AS (
            SELECT id FROM files WHERE id = ANY(%(roots)s) AND deleted_at IS NOT NULL
            UNION
            SELECT f.id FROM files f JOIN below b ON f.parent_id = b.id
        ), keys (s3_key) AS (
            SELECT f.s3_key FROM files f JOIN below USING (id)
            UNION
            SELECT f.pending_key FROM files f JOIN below USING (id) WHERE f.pending_key IS NOT NULL
        )
        INSERT INTO object_deletions (s3_key, requested_at)
        SELECT s3_key, %(at)s FROM keys ON CONFLICT DO NOTHING
        """,
        params,
    )
    return await tx.execute(
        "DELETE FROM files WHERE id = ANY(%(roots)s) AND deleted_at IS NOT NULL", params
    )


async def content(tx: ReadTransaction, owners: Sequence[OwnerId]) -> Row:
    """Count everything in the trash of some drives."""
    row = await tx.one(
        """
        SELECT count(*) FILTER (WHERE NOT f.is_folder) AS files,
               count(*) FILTER (WHERE f.is_folder) AS folders,
               COALESCE(sum(f.size) FILTER (WHERE NOT f.is_folder), 0)::bigint AS bytes
        FROM files root JOIN files f ON f.trashed_with = root.id
        WHERE root.trashed_with = root.id AND root.owner_id = ANY(%(owners)s)
        """,
        {"owners": list(owners)},
    )
    return row or {"files": 0, "folders": 0, "bytes": 0}
