"""Statements on uploads."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.drive.rows import COLUMNS, from_row
from keyshelf.drive.uploads.plan import Cutting
from keyshelf.drive.uploads.values import Upload, UploadState
from keyshelf.drive.values import DriveFile
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectMeta

_UPLOAD: LiteralString = """
    u.id, u.file_id, u.created_by, u.s3_key, u.filename, u.size, u.mimetype, u.replaces,
    u.multipart_id, u.part_size, u.state, u.error, u.created_at, u.expires_at
"""


async def insert(tx: Transaction, upload: Upload, *, owner: OwnerId) -> None:
    """Add an upload. A file has one open upload at most: the database refuses another."""
    cutting = upload.cutting
    await tx.execute(
        """
        INSERT INTO uploads (
            id, file_id, owner_id, created_by, s3_key, filename, size, mimetype, replaces,
            part_size, part_count, state, created_at, expires_at
        ) VALUES (
            %(id)s, %(file)s, %(owner)s, %(creator)s, %(key)s, %(filename)s, %(size)s, %(mimetype)s,
            %(replaces)s, %(part_size)s, %(part_count)s, %(state)s, %(created)s, %(expires)s
        )
        """,
        {
            "id": upload.id,
            "file": upload.file_id,
            "owner": owner,
            "creator": upload.created_by,
            "key": upload.key,
            "filename": upload.filename,
            "size": upload.size,
            "mimetype": upload.mimetype,
            "replaces": upload.replaces,
            "part_size": cutting.part_size if cutting else None,
            "part_count": cutting.part_count if cutting else None,
            "state": upload.state,
            "created": upload.created_at,
            "expires": upload.expires_at,
        },
    )


async def open_of(tx: ReadTransaction, file_id: UUID) -> Upload | None:
    """Return the open upload of a file, whoever began it."""
    sql: LiteralString = f"""
        SELECT {_UPLOAD} FROM uploads u WHERE u.file_id = %(file)s AND u.state = 'pending'
    """
    row = await tx.one(sql, {"file": file_id})
    return _upload(row) if row else None


async def latest_of(tx: ReadTransaction, file_id: UUID, *, creator: str) -> Upload | None:
    """Return the newest upload of a file by one person: an open one comes first."""
    sql: LiteralString = f"""
        SELECT {_UPLOAD} FROM uploads u
        WHERE u.file_id = %(file)s AND u.created_by = %(creator)s
        ORDER BY (u.state = 'pending') DESC, u.created_at DESC, u.id DESC LIMIT 1
    """
    row = await tx.one(sql, {"file": file_id, "creator": creator})
    return _upload(row) if row else None


async def find(tx: ReadTransaction, upload_id: UUID) -> Upload | None:
    """Return an upload in whatever state."""
    sql: LiteralString = f"SELECT {_UPLOAD} FROM uploads u WHERE u.id = %(id)s"
    row = await tx.one(sql, {"id": upload_id})
    return _upload(row) if row else None


async def open_by(
    tx: ReadTransaction, creator: str, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[Upload]:
    """Return the open uploads that one person began, newest first."""
    sql: LiteralString = f"""
        SELECT {_UPLOAD}, f.parent_id FROM uploads u LEFT JOIN files f ON f.id = u.file_id
        WHERE u.created_by = %(creator)s AND u.state = 'pending'
          AND (%(at)s::timestamptz IS NULL OR (u.created_at, u.id) < (%(at)s, %(id)s::uuid))
        ORDER BY u.created_at DESC, u.id DESC LIMIT %(limit)s
    """
    at, upload_id = before or (None, None)
    rows = await tx.all(sql, {"creator": creator, "at": at, "id": upload_id, "limit": limit})
    return [_upload(row) for row in rows]


async def expired(
    tx: ReadTransaction, now: datetime, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Upload]:
    """Return open uploads whose time is over, the longest first."""
    sql: LiteralString = f"""
        SELECT {_UPLOAD} FROM uploads u
        WHERE u.state = 'pending' AND u.expires_at <= %(now)s
          AND (%(at)s::timestamptz IS NULL OR (u.expires_at, u.id) > (%(at)s, %(id)s::uuid))
        ORDER BY u.expires_at, u.id LIMIT %(limit)s
    """
    at, upload_id = after or (None, None)
    rows = await tx.all(sql, {"now": now, "at": at, "id": upload_id, "limit": limit})
    return [_upload(row) for row in rows]


async def extend(tx: Transaction, upload_id: UUID, expires_at: datetime) -> None:
    """Give an open upload more time."""
    await tx.execute(
        """
        UPDATE uploads SET expires_at = greatest(expires_at, %(expires)s)
        WHERE id = %(id)s AND state = 'pending'
        """,
        {"id": upload_id, "expires": expires_at},
    )


async def swap_multipart_id(
    tx: Transaction, upload_id: UUID, *, old: str | None, new: str | None
) -> bool:
    """Set the store's id of an open upload when it is still `old`; says whether it was."""
    touched = await tx.execute(
        """
        UPDATE uploads SET multipart_id = %(new)s
        WHERE id = %(id)s AND state = 'pending' AND multipart_id IS NOT DISTINCT FROM %(old)s
        """,
        {"id": upload_id, "old": old, "new": new},
    )
    return touched == 1


async def send_elsewhere(tx: Transaction, upload: Upload, key: ObjectKey) -> None:
    """Give an open upload another key, and a new file with it, which then waits to be moved."""
    await tx.execute(
        "UPDATE uploads SET s3_key = %(key)s WHERE id = %(id)s", {"id": upload.id, "key": key}
    )
    await tx.execute(
        """
        UPDATE files SET s3_key = %(key)s, moving = true
        WHERE id = %(id)s AND state = 'pending'
        """,
        {"id": upload.file_id, "key": key},
    )


async def finish(
    tx: Transaction, upload_id: UUID, *, state: UploadState, at: datetime, error: str | None = None
) -> None:
    """End an upload."""
    await tx.execute(
        """
        UPDATE uploads SET state = %(state)s, finished_at = %(at)s, error = %(error)s
        WHERE id = %(id)s
        """,
        {"id": upload_id, "state": state, "at": at, "error": error},
    )


async def forget_finished(tx: Transaction, *, before: datetime) -> int:
    """Drop the records of uploads that ended long ago, or whose file is gone; returns how many."""
    return await tx.execute(
        """
        DELETE FROM uploads
        WHERE state <> 'pending' AND (finished_at < %(before)s OR file_id IS NULL)
        """,
        {"before": before},
    )


async def make_ready(
    tx: Transaction, file_id: UUID, meta: ObjectMeta, *, mimetype: str, moving: bool, at: datetime
) -> DriveFile:
    """Give a file the bytes at `meta.key`. Sizes above it are the caller's to add.

    What it held before is noted as released, and what it holds now is not known yet.
    """
    sql: LiteralString = f"""
        WITH released AS (
            INSERT INTO released_content (content_hash)
            SELECT content_hash FROM files WHERE id = %(id)s AND content_hash IS NOT NULL
            ON CONFLICT (content_hash) DO UPDATE SET released_at = clock_timestamp()
        )
        UPDATE files AS f SET
            state = 'ready', s3_key = %(key)s, size = %(size)s, object_etag = %(etag)s,
            mimetype = %(mimetype)s, moving = %(moving)s, updated_at = %(at)s,
            version = version + 1, content_hash = NULL
        WHERE f.id = %(id)s RETURNING {COLUMNS}
    """
    rows = await tx.all(
        sql,
        {
            "id": file_id,
            "key": meta.key,
            "size": meta.size,
            "etag": meta.etag,
            "mimetype": mimetype,
            "moving": moving,
            "at": at,
        },
    )
    return from_row(rows[0])


async def delete_pending(tx: Transaction, file_id: UUID) -> bool:
    """Take away the row of a file that never got its bytes; says whether it was one."""
    touched = await tx.execute(
        "DELETE FROM files WHERE id = %(id)s AND state = 'pending'", {"id": file_id}
    )
    return touched == 1


async def is_awaiting_deletion(tx: ReadTransaction, key: ObjectKey) -> bool:
    """Say whether the object at a key is garbage that the sweeper has not yet deleted."""
    found: bool = await tx.value(
        "SELECT EXISTS (SELECT 1 FROM object_deletions WHERE s3_key = %(key)s)", {"key": key}
    )
    return found


def _upload(row: Row) -> Upload:
    part_size = row["part_size"]
    return Upload(
        id=row["id"],
        file_id=row["file_id"],
        created_by=row["created_by"],
        key=ObjectKey(row["s3_key"]),
        filename=row["filename"],
        size=row["size"],
        mimetype=row["mimetype"],
        replaces=row["replaces"],
        cutting=None if part_size is None else Cutting(size=row["size"], part_size=part_size),
        multipart_id=row["multipart_id"],
        state=UploadState(row["state"]),
        error=row["error"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        parent_id=row.get("parent_id"),
    )
