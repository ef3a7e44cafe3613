"""Statements that walk folders a page at a time, and those that keep selections."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.rows import COLUMNS, from_row
from keyshelf.drive.values import DriveFile
from keyshelf.layout.names import sort_form


async def children(
    tx: ReadTransaction, folder: DriveFile, *, folders: bool, after: DriveFile | None, limit: int
) -> list[DriveFile]:
    """Return some of the ready files, or of the folders, of a folder in natural order."""
    # The place after a row is told by values: the row itself may be gone by now.
    sql: LiteralString = f"""
        SELECT {COLUMNS} FROM files f
        WHERE f.parent_id = %(folder)s AND f.owner_id = %(owner)s AND f.is_folder = %(folders)s
          AND f.deleted_at IS NULL AND f.state = 'ready'
          AND (%(after)s::uuid IS NULL OR (f.sort_name, f.id) > (%(name)s, %(after)s))
        ORDER BY f.sort_name, f.id LIMIT %(limit)s
    """
    rows = await tx.all(
        sql,
        {
            "folder": folder.id,
            "owner": folder.owner_id,
            "folders": folders,
            "after": after.id if after else None,
            "name": sort_form(after.filename) if after else "",
            "limit": limit,
        },
    )
    return [from_row(row) for row in rows]


async def insert_selection(
    tx: Transaction,
    *,
    selection_id: UUID,
    viewer_id: str,
    file_ids: Sequence[UUID],
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep a selection, and drop all that have expired."""
    await tx.execute("DELETE FROM zip_selections WHERE expires_at <= %(now)s", {"now": now})
    await tx.execute(
        """
        INSERT INTO zip_selections (id, viewer_id, file_ids, expires_at)
        VALUES (%(id)s, %(viewer)s, %(files)s, %(expires_at)s)
        """,
        {
            "id": selection_id,
            "viewer": viewer_id,
            "files": list(file_ids),
            "expires_at": expires_at,
        },
    )


async def selection(
    tx: ReadTransaction, selection_id: UUID, *, viewer_id: str, now: datetime
) -> list[UUID] | None:
    """Return what a viewer chose, unless it has expired."""
    return await tx.value(
        """
        SELECT file_ids FROM zip_selections
        WHERE id = %(id)s AND viewer_id = %(viewer)s AND expires_at > %(now)s
        """,
        {"id": selection_id, "viewer": viewer_id, "now": now},
    )
