"""Statements of marks and copies."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.rows import COLUMNS, from_row
from keyshelf.drive.values import DriveFile


async def set_favorite(tx: Transaction, user_id: str, file_id: UUID, *, favorited: bool) -> None:
    """Keep whether a person marked a file."""
    await tx.execute(
        """
        INSERT INTO user_file_state (user_id, file_id, favorited)
        VALUES (%(user)s, %(file)s, %(favorited)s)
        ON CONFLICT (user_id, file_id) DO UPDATE SET favorited = excluded.favorited
        """,
        {"user": user_id, "file": file_id, "favorited": favorited},
    )


async def set_last_opened(tx: Transaction, user_id: str, file_id: UUID, at: datetime) -> None:
    """Keep when a person last opened a file."""
    await tx.execute(
        """
        INSERT INTO user_file_state (user_id, file_id, last_opened)
        VALUES (%(user)s, %(file)s, %(at)s)
        ON CONFLICT (user_id, file_id) DO UPDATE SET last_opened = excluded.last_opened
        """,
        {"user": user_id, "file": file_id, "at": at},
    )


async def child_ids(tx: ReadTransaction, folder_id: UUID) -> list[UUID]:
    """Return all live children of a folder, as they are at this moment."""
    ids: list[UUID] | None = await tx.value(
        """
        SELECT array_agg(id) FROM files
        WHERE parent_id = %(folder)s AND deleted_at IS NULL AND state = 'ready'
        """,
        {"folder": folder_id},
    )
    return ids or []


async def children_among(
    tx: ReadTransaction, folder_id: UUID, ids: Sequence[UUID]
) -> list[DriveFile]:
    """Return those of some rows that are live children of a folder."""
    sql: LiteralString = f"""
        SELECT {COLUMNS} FROM files f
        WHERE f.id = ANY(%(ids)s) AND f.parent_id = %(folder)s
          AND f.deleted_at IS NULL AND f.state = 'ready'
    """
    rows = await tx.all(sql, {"ids": list(ids), "folder": folder_id})
    return [from_row(row) for row in rows]


async def count_files_below(tx: ReadTransaction, file_id: UUID) -> int:
    """Count the live files below a folder; 1 for a file."""
    value: int = await tx.value(
        """
        WITH RECURSIVE below (id, is_folder) AS (
            SELECT id, is_folder FROM files WHERE id = %(id)s
            UNION
            SELECT f.id, f.is_folder FROM files f JOIN below b ON f.parent_id = b.id
            WHERE f.deleted_at IS NULL AND f.state = 'ready'
        )
        SELECT count(*) FROM below WHERE NOT is_folder
        """,
        {"id": file_id},
    )
    return value


async def finish_copy(
    tx: Transaction,
    file_id: UUID,
    *,
    size: int,
    etag: str,
    content_hash: str | None,
    at: datetime,
) -> bool:
    """Make a reserved copy visible; false when the reservation is gone or was finished."""
    return bool(
        await tx.execute(
            """
            UPDATE files SET state = 'ready', size = %(size)s, object_etag = %(etag)s,
                content_hash = %(content)s, updated_at = %(at)s, version = version + 1
            WHERE id = %(id)s AND state = 'pending' AND deleted_at IS NULL
            """,
            {"id": file_id, "size": size, "etag": etag, "content": content_hash, "at": at},
        )
    )


async def drop_reservations(
    tx: Transaction, *, at: datetime, before: datetime | None = None, within: UUID | None = None
) -> int:
    """Give back names that were reserved for copies and never filled; notes their objects.

    Only those from before a time, or only a row and those below it.
    """
    return await tx.execute(
        """
        WITH RECURSIVE within (id) AS (
            SELECT id FROM files WHERE id = %(within)s
            UNION
            SELECT f.id FROM files f JOIN within w ON f.parent_id = w.id
        ), gone AS (
            DELETE FROM files f
            WHERE f.state = 'pending'
              AND (%(before)s::timestamptz IS NULL OR f.created_at < %(before)s)
              AND (%(within)s::uuid IS NULL OR f.id IN (SELECT id FROM within))
              AND NOT EXISTS (
                  SELECT FROM uploads u WHERE u.file_id = f.id AND u.state = 'pending'
              )
            RETURNING f.s3_key
        )
        INSERT INTO object_deletions (s3_key, requested_at)
        SELECT s3_key, %(at)s FROM gone ON CONFLICT DO NOTHING
        """,
        {"at": at, "before": before, "within": within},
    )
