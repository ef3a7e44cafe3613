"""How a row of `files` becomes a `DriveFile`."""

from typing import LiteralString

from keyshelf.database.transactions import Row
from keyshelf.drive.values import DriveFile, FileState
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey

COLUMNS: LiteralString = """
    f.id, f.s3_key, f.filename, f.mimetype, f.size, f.owner_id, f.parent_id, f.is_folder, f.state,
    f.version, f.moving, f.created_at, f.updated_at, f.deleted_at, f.trashed_with, f.object_etag,
    f.purging, f.content_hash
"""
"""The columns that `from_row` reads, of a table called `f`."""


def from_row(row: Row) -> DriveFile:
    """Read one row; `favorited`, `last_opened` and `path` are read when selected."""
    return DriveFile(
        id=row["id"],
        key=ObjectKey(row["s3_key"]),
        filename=row["filename"],
        mimetype=row["mimetype"],
        size=row["size"],
        owner_id=OwnerId(row["owner_id"]),
        parent_id=row["parent_id"],
        is_folder=row["is_folder"],
        state=FileState(row["state"]),
        version=row["version"],
        moving=row["moving"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        deleted_at=row["deleted_at"],
        trashed_with=row["trashed_with"],
        object_etag=row["object_etag"],
        purging=row["purging"],
        content_hash=row["content_hash"],
        favorited=row.get("favorited") or False,
        last_opened=row.get("last_opened"),
        path=row.get("path"),
    )
