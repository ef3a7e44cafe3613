"""Statements that read lists of files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.lists.cursors import Cursor
from keyshelf.drive.rows import COLUMNS, from_row
from keyshelf.drive.values import DriveFile, Sort
from keyshelf.layout.drive import OwnerId

_STATE: LiteralString = """
    LEFT JOIN user_file_state u ON u.file_id = f.id AND u.user_id = %(viewer)s
"""
_LIVE: LiteralString = "f.deleted_at IS NULL AND f.state = 'ready'"

_VALUES: dict[Sort, tuple[LiteralString, LiteralString]] = {
    Sort.NAME: ("f.sort_name", "text"),
    Sort.SIZE: ("f.size", "bigint"),
    Sort.CREATED: ("f.created_at", "timestamptz"),
    Sort.UPDATED: ("f.updated_at", "timestamptz"),
    Sort.TYPE: ("(f.mimetype || ' ' || f.sort_name) COLLATE \"C\"", "text"),
}
"""What each order compares, and its type."""


@dataclass(frozen=True, slots=True)
class Found:
    """A row of a list, and its place in the list's order."""

    file: DriveFile
    value: str


async def level(
    tx: ReadTransaction,
    *,
    viewer_id: str,
    owner: OwnerId,
    parent_id: UUID | None,
    folders: bool,
    sort: Sort,
    descending: bool,
    after: Cursor | None,
    limit: int,
) -> list[Found]:
    """Return the folders, or the files, of one level in order."""
    expression, type_name = _VALUES[sort]
    parent: LiteralString = "= %(parent)s" if parent_id is not None else "IS NULL"
    direction: LiteralString = "DESC" if descending else "ASC"
    comparison: LiteralString = "<" if descending else ">"
    later: LiteralString = (
        f"AND ({expression}, f.id) {comparison} (%(value)s::{type_name}, %(id)s::uuid)"
        if after
        else ""
    )
    sql: LiteralString = f"""
        SELECT {COLUMNS}, u.favorited, u.last_opened, {expression} AS place
        FROM files f {_STATE}
        WHERE f.parent_id {parent} AND f.owner_id = %(owner)s AND f.is_folder = %(folders)s
          AND {_LIVE} {later}
        ORDER BY {expression} {direction}, f.id {direction} LIMIT %(limit)s
    """
    params = {
        "viewer": viewer_id,
        "owner": owner,
        "parent": parent_id,
        "folders": folders,
        "value": after.value if after else None,
        "id": after.id if after else None,
        "limit": limit,
    }
    return [Found(from_row(row), str(row["place"])) for row in await tx.all(sql, params)]


async def recent(
    tx: ReadTransaction, *, viewer_id: str, owners: list[str], after: Cursor | None, limit: int
) -> list[Found]:
    """Return what the viewer opened, the newest first."""
    later: LiteralString = (
        "AND (u.last_opened, f.id) < (%(value)s::timestamptz, %(id)s::uuid)" if after else ""
    )
    sql: LiteralString = f"""
        SELECT {COLUMNS}, u.favorited, u.last_opened, u.last_opened AS place
        FROM user_file_state u JOIN files f ON f.id = u.file_id
        WHERE u.user_id = %(viewer)s AND u.last_opened IS NOT NULL
          AND f.owner_id = ANY(%(owners)s) AND {_LIVE} {later}
        ORDER BY u.last_opened DESC, f.id DESC LIMIT %(limit)s
    """
    return await _found(tx, sql, viewer_id=viewer_id, owners=owners, after=after, limit=limit)


async def favorites(
    tx: ReadTransaction, *, viewer_id: str, owners: list[str], after: Cursor | None, limit: int
) -> list[Found]:
    """Return what the viewer marked, by name."""
    later: LiteralString = "AND (f.sort_name, f.id) > (%(value)s, %(id)s::uuid)" if after else ""
    sql: LiteralString = f"""
        SELECT {COLUMNS}, u.favorited, u.last_opened, f.sort_name AS place
        FROM user_file_state u JOIN files f ON f.id = u.file_id
        WHERE u.user_id = %(viewer)s AND u.favorited
          AND f.owner_id = ANY(%(owners)s) AND {_LIVE} {later}
        ORDER BY f.sort_name, f.id LIMIT %(limit)s
    """
    return await _found(tx, sql, viewer_id=viewer_id, owners=owners, after=after, limit=limit)


async def trash(
    tx: ReadTransaction, *, viewer_id: str, owners: list[str], after: Cursor | None, limit: int
) -> list[Found]:
    """Return what was thrown away by itself, the newest first."""
    later: LiteralString = (
        "AND (f.deleted_at, f.id) < (%(value)s::timestamptz, %(id)s::uuid)" if after else ""
    )
    sql: LiteralString = f"""
        SELECT {COLUMNS}, u.favorited, u.last_opened, f.deleted_at AS place
        FROM files f {_STATE}
        WHERE f.trashed_with = f.id AND NOT f.purging AND f.owner_id = ANY(%(owners)s) {later}
        ORDER BY f.deleted_at DESC, f.id DESC LIMIT %(limit)s
    """
    return await _found(tx, sql, viewer_id=viewer_id, owners=owners, after=after, limit=limit)


async def _found(
    tx: ReadTransaction,
    sql: LiteralString,
    *,
    viewer_id: str,
    owners: list[str],
    after: Cursor | None,
    limit: int,
) -> list[Found]:
    params = {
        "viewer": viewer_id,
        "owners": owners,
        "value": after.value if after else None,
        "id": after.id if after else None,
        "limit": limit,
    }
    return [Found(from_row(row), str(row["place"])) for row in await tx.all(sql, params)]


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What a search asks for, in the form that the database compares."""

    owners: Sequence[str]
    contains: str
    """In `layout.names.search_form`."""
    folders: bool | None = None
    extensions: Sequence[str] | None = None
    without_extensions: Sequence[str] | None = None
    modified_after: datetime | None = None
    modified_before: datetime | None = None
    min_size: int | None = None
    max_size: int | None = None


async def search(
    tx: ReadTransaction,
    terms: SearchTerms,
    *,
    viewer_id: str,
    after: Cursor | None,
    limit: int,
) -> list[Found]:
    """Return what matches all terms, by name."""
    sql: LiteralString = f"""
        SELECT {COLUMNS}, u.favorited, u.last_opened, f.sort_name AS place
        FROM files f {_STATE}
        WHERE f.owner_id = ANY(%(owners)s) AND {_LIVE}
          AND (%(contains)s = '' OR position(%(contains)s IN f.search_name) > 0)
          AND (%(folders)s::boolean IS NULL OR f.is_folder = %(folders)s)
          AND (%(extensions)s::text[] IS NULL
               OR substring(f.search_name FROM '\\.([^.]+)$') = ANY(%(extensions)s))
          AND (%(without)s::text[] IS NULL
               OR COALESCE(substring(f.search_name FROM '\\.([^.]+)$'), '') <> ALL(%(without)s))
          AND (%(modified_after)s::timestamptz IS NULL OR f.updated_at >= %(modified_after)s)
          AND (%(modified_before)s::timestamptz IS NULL OR f.updated_at < %(modified_before)s)
          AND (%(min_size)s::bigint IS NULL OR f.size >= %(min_size)s)
          AND (%(max_size)s::bigint IS NULL OR f.size <= %(max_size)s)
          AND (%(value)s::text IS NULL OR (f.sort_name, f.id) > (%(value)s, %(id)s::uuid))
        ORDER BY f.sort_name, f.id LIMIT %(limit)s
    """
    params = {
        "viewer": viewer_id,
        "owners": list(terms.owners),
        "contains": terms.contains,
        "folders": terms.folders,
        "extensions": None if terms.extensions is None else list(terms.extensions),
        "without": None if terms.without_extensions is None else list(terms.without_extensions),
        "modified_after": terms.modified_after,
        "modified_before": terms.modified_before,
        "min_size": terms.min_size,
        "max_size": terms.max_size,
        "value": after.value if after else None,
        "id": after.id if after else None,
        "limit": limit,
    }
    return [Found(from_row(row), str(row["place"])) for row in await tx.all(sql, params)]


async def paths(tx: ReadTransaction, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return for each row the names of the folders above it, joined by slashes."""
    rows = await tx.all(
        """
        WITH RECURSIVE up (id, parent_id, path, depth) AS (
            SELECT id, parent_id, '', 0 FROM files WHERE id = ANY(%(ids)s)
            UNION ALL
            SELECT up.id, p.parent_id,
                CASE WHEN up.path = '' THEN p.filename ELSE p.filename || '/' || up.path END,
                up.depth + 1
            FROM up JOIN files p ON p.id = up.parent_id
            WHERE up.depth < 1000
        )
        SELECT id, path FROM up WHERE parent_id IS NULL
        """,
        {"ids": list(ids)},
    )
    return {row["id"]: row["path"] for row in rows}
