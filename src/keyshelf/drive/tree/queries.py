"""Statements on the tree of files and folders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.rows import COLUMNS, from_row
from keyshelf.drive.values import DriveFile, FileState
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import MAX_KEY_BYTES, ObjectKey
from keyshelf.layout.names import FileName, search_form, sort_form

_DEEPEST = 1000


@dataclass(frozen=True, slots=True)
class NewFile:
    """A row to be made."""

    id: UUID
    key: ObjectKey
    filename: FileName
    mimetype: str
    owner: OwnerId
    parent_id: UUID | None
    is_folder: bool
    at: datetime
    state: FileState = FileState.READY
    size: int = 0
    object_etag: str | None = None
    moving: bool = False
    pending_key: ObjectKey | None = None


async def lock_drives(tx: Transaction, owners: Sequence[OwnerId]) -> None:
    """Let no one else change these drives until the transaction ends.

    Owners are locked in one order, so that two moves between two drives cannot deadlock.
    """
    for owner in sorted(set(owners)):
        await tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('keyshelf.drive:' || %(owner)s, 0))",
            {"owner": owner},
        )


async def find(tx: ReadTransaction, file_id: UUID, *, viewer_id: str) -> DriveFile | None:
    """Return the row in whatever state, with the viewer's own marks."""
    sql: LiteralString = f"""
        SELECT {COLUMNS}, u.favorited, u.last_opened
        FROM files f
        LEFT JOIN user_file_state u ON u.file_id = f.id AND u.user_id = %(viewer)s
        WHERE f.id = %(id)s
    """
    row = await tx.one(sql, {"id": file_id, "viewer": viewer_id})
    return from_row(row) if row else None


async def name_holder(
    tx: ReadTransaction, *, owner: OwnerId, parent_id: UUID | None, name: FileName
) -> DriveFile | None:
    """Return the live row, reserved or ready, that has this name in this place."""
    sql: LiteralString = f"""
        SELECT {COLUMNS} FROM files f
        WHERE f.owner_id = %(owner)s AND f.filename = %(name)s AND f.deleted_at IS NULL
          AND COALESCE(f.parent_id, '00000000-0000-0000-0000-000000000000')
            = COALESCE(%(parent)s::uuid, '00000000-0000-0000-0000-000000000000')
    """
    row = await tx.one(sql, {"owner": owner, "parent": parent_id, "name": name})
    return from_row(row) if row else None


async def names_in(
    tx: ReadTransaction, *, owner: OwnerId, parent_id: UUID | None, names: Sequence[str]
) -> set[str]:
    """Return which of `names` are taken in this place."""
    rows = await tx.all(
        """
        SELECT filename FROM files
        WHERE owner_id = %(owner)s AND filename = ANY(%(names)s) AND deleted_at IS NULL
          AND COALESCE(parent_id, '00000000-0000-0000-0000-000000000000')
            = COALESCE(%(parent)s::uuid, '00000000-0000-0000-0000-000000000000')
        """,
        {"owner": owner, "parent": parent_id, "names": list(names)},
    )
    return {row["filename"] for row in rows}


async def key_holder(tx: ReadTransaction, key: ObjectKey) -> DriveFile | None:
    """Return the row, live or trashed, whose object is at `key` or is on its way there."""
    sql: LiteralString = f"""
        SELECT {COLUMNS} FROM files f WHERE f.s3_key = %(key)s
        UNION ALL
        SELECT {COLUMNS} FROM files f WHERE f.pending_key = %(key)s
        LIMIT 1
    """
    row = await tx.one(sql, {"key": key})
    return from_row(row) if row else None


async def ancestors(tx: ReadTransaction, file_id: UUID) -> list[DriveFile]:
    """Return the row itself and all above it, the outermost first.

    A cycle, which only foreign SQL can make, ends the walk where it closes.
    """
    sql: LiteralString = f"""
        WITH RECURSIVE up (id, parent_id, depth) AS (
            SELECT id, parent_id, 0 FROM files WHERE id = %(id)s
            UNION ALL
            SELECT p.id, p.parent_id, up.depth + 1
            FROM files p JOIN up ON p.id = up.parent_id
            WHERE up.depth < %(deepest)s
        ) CYCLE id SET closed USING walked
        SELECT {COLUMNS} FROM up JOIN files f ON f.id = up.id
        WHERE NOT up.closed ORDER BY up.depth DESC
    """
    return [from_row(row) for row in await tx.all(sql, {"id": file_id, "deepest": _DEEPEST})]


async def insert_file(tx: Transaction, new: NewFile) -> DriveFile:
    """Add a row. Sizes above it are the caller's to add."""
    sql: LiteralString = f"""
        INSERT INTO files AS f (
            id, s3_key, filename, mimetype, size, owner_id, parent_id, is_folder, created_at, updated_at,
            state, object_etag, moving, pending_key, search_name, sort_name
        ) VALUES (
            %(id)s, %(key)s, %(filename)s, %(mimetype)s, %(size)s, %(owner)s, %(parent)s, %(is_folder)s,
            %(at)s, %(at)s, %(state)s, %(etag)s, %(moving)s, %(pending_key)s, %(search)s, %(sort)s
        ) RETURNING {COLUMNS}
    """
    rows = await tx.all(
        sql,
        {
            "id": new.id,
            "key": new.key,
            "filename": new.filename,
            "mimetype": new.mimetype,
            "size": new.size,
            "owner": new.owner,
            "parent": new.parent_id,
            "is_folder": new.is_folder,
            "at": new.at,
            "state": new.state,
            "etag": new.object_etag,
            "moving": new.moving,
            "pending_key": new.pending_key,
            "search": search_form(new.filename),
            "sort": sort_form(new.filename),
        },
    )
    return from_row(rows[0])


async def add_to_sizes(tx: Transaction, parent_id: UUID | None, delta: int) -> None:
    """Add `delta` bytes to a folder and every folder above it."""
    await tx.execute(
        "SELECT add_to_folder_sizes(%(id)s, %(delta)s)", {"id": parent_id, "delta": delta}
    )


async def forget_deletion(tx: Transaction, key: ObjectKey) -> None:
    """Take a key back from what is to be deleted; waits for a deletion under way."""
    await tx.execute("DELETE FROM object_deletions WHERE s3_key = %(key)s", {"key": key})


async def request_deletions(tx: Transaction, keys: Sequence[ObjectKey], at: datetime) -> None:
    """Note objects that no row names any longer; the sweeper deletes them after the commit."""
    await tx.execute(
        """
        INSERT INTO object_deletions (s3_key, requested_at)
        SELECT unnest(%(keys)s::text[]), %(at)s ON CONFLICT DO NOTHING
        """,
        {"keys": list(keys), "at": at},
    )


async def relocate(
    tx: Transaction,
    file: DriveFile,
    *,
    filename: FileName,
    owner: OwnerId,
    parent_id: UUID | None,
    moving: bool,
    at: datetime,
) -> DriveFile:
    """Give a row a name and a place; its key follows later when `moving`.

    A row whose object is being copied somewhere stays moving, so that the copy is tidied up.
    """
    sql: LiteralString = f"""
        UPDATE files AS f SET
            filename = %(filename)s, owner_id = %(owner)s, parent_id = %(parent)s,
            search_name = %(search)s, sort_name = %(sort)s,
            moving = %(moving)s OR pending_key IS NOT NULL,
            updated_at = %(at)s, version = version + 1
        WHERE f.id = %(id)s RETURNING {COLUMNS}
    """
    rows = await tx.all(
        sql,
        {
            "id": file.id,
            "filename": filename,
            "owner": owner,
            "parent": parent_id,
            "search": search_form(filename),
            "sort": sort_form(filename),
            "moving": moving,
            "at": at,
        },
    )
    return from_row(rows[0])


async def mark_below_moving(tx: Transaction, folder_id: UUID, *, owner: OwnerId) -> int:
    """Say of every row below a folder that its key is to follow; returns how many."""
    return await tx.execute(
        """
        WITH RECURSIVE below (id) AS (
            SELECT id FROM files WHERE parent_id = %(id)s
            UNION
            SELECT f.id FROM files f JOIN below b ON f.parent_id = b.id
        )
        UPDATE files f SET moving = f.deleted_at IS NULL, owner_id = %(owner)s,
            version = version + 1
        FROM below WHERE f.id = below.id
        """,
        {"id": folder_id, "owner": owner},
    )


async def longest_path_below(
    tx: ReadTransaction, folder_id: UUID, *, trashed_with: UUID | None
) -> int:
    """Return the length in bytes of the longest path below a folder, 0 for an empty one.

    Only live rows count, or only those that went into the trash with `trashed_with`. The
    walk ends where no key is long enough, as it does in a cycle that foreign SQL made.
    """
    value: int | None = await tx.value(
        """
        WITH RECURSIVE below (id, bytes) AS (
            SELECT id, octet_length(filename) + is_folder::int
            FROM files WHERE parent_id = %(id)s AND trashed_with IS NOT DISTINCT FROM %(trash)s
            UNION
            SELECT f.id, b.bytes + octet_length(f.filename) + is_folder::int
            FROM files f JOIN below b ON f.parent_id = b.id
            WHERE f.trashed_with IS NOT DISTINCT FROM %(trash)s AND b.bytes <= %(enough)s
        )
        SELECT max(bytes) FROM below
        """,
        {"id": folder_id, "trash": trashed_with, "enough": MAX_KEY_BYTES},
    )
    return value or 0


async def has_open_upload(tx: ReadTransaction, file_id: UUID) -> bool:
    """Say whether an upload for this row is under way."""
    value: bool = await tx.value(
        "SELECT EXISTS (SELECT FROM uploads WHERE file_id = %(id)s AND state = 'pending')",
        {"id": file_id},
    )
    return value
