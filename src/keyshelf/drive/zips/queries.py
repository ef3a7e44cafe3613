"""Statements that walk folders a page at a time."""

from typing import LiteralString

from keyshelf.database.transactions import ReadTransaction
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
