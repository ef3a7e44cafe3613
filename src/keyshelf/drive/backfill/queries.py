"""Statements on many rows at once, for backfill."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keyshelf.database.copying import copy_line
from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.backfill.plan import NewFile, NewFolder, Node, Path
from keyshelf.drive.values import FOLDER_MIMETYPE
from keyshelf.layout import drive as layout
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.names import search_form, sort_form

_DEEPEST = 1000
_LINES_AT_ONCE = 1000
_COPY_FOLDERS = """
    COPY files (
        id, s3_key, filename, mimetype, owner_id, parent_id, is_folder, created_at, updated_at,
        moving, search_name, sort_name
    ) FROM STDIN
"""
_COPY_FILES = """
    COPY files (
        s3_key, filename, mimetype, size, owner_id, parent_id, created_at, updated_at, object_etag,
        search_name, sort_name
    ) FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A ready file and where its object should be."""

    id: UUID
    key: ObjectKey
    size: int


async def try_lock(tx: Transaction) -> bool:
    """Take the one right to backfill, until the transaction ends; says whether it was free."""
    # The transaction only holds the lock, however long the work takes.
    await tx.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    taken: bool = await tx.value(
        "SELECT pg_try_advisory_xact_lock(hashtextextended('keyshelf.backfill', 0))"
    )
    return taken


async def hold_off_deletions(tx: Transaction) -> None:
    """Let noted objects keep their notes until the transaction ends; waits for deletions under way."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('keyshelf.deletions', 0))")


async def confirm_lock(tx: Transaction) -> None:
    """Raise `DatabaseUnavailableError` when the connection that holds the lock is gone."""
    await tx.value("SELECT 1")


async def commit_lazily(tx: Transaction) -> None:
    """Let the commit not wait for the disk: what a crash takes is made again by the next run."""
    await tx.execute("SET LOCAL synchronous_commit = off")


async def unknown_keys(tx: ReadTransaction, keys: Sequence[ObjectKey]) -> set[str]:
    """Return those of `keys` that no row has or is about to have, and that are no garbage."""
    # JSON both ways: arrays of texts and rows of one column take the driver ten times
    # as long. Scalar subqueries with LIMIT stay look-ups in an index for each key. Written
    # with EXISTS, a plan without statistics reads the whole table every time.
    positions: list[int] | None = await tx.value(
        """
        SELECT json_agg(k.n)
        FROM json_array_elements_text(%(keys)s::json) WITH ORDINALITY AS k (key, n)
        WHERE (SELECT true FROM files f WHERE f.s3_key = k.key LIMIT 1) IS NULL
          AND (SELECT true FROM files f WHERE f.pending_key = k.key LIMIT 1) IS NULL
          AND (SELECT true FROM object_deletions d WHERE d.s3_key = k.key LIMIT 1) IS NULL
          AND k.key NOT IN (SELECT u.s3_key FROM uploads u WHERE u.state = 'pending')
        """,
        {"keys": json.dumps(keys)},
    )
    return {keys[position - 1] for position in positions or ()}


async def nodes_at(
    tx: ReadTransaction, paths: Sequence[Path], parents: Sequence[UUID | None]
) -> dict[Path, Node]:
    """Return the live rows, reserved ones too, at paths whose parent folders are given."""
    # LIMIT keeps each path a look-up in an index, as in `unknown_keys`.
    rows = await tx.all(
        """
        SELECT w.n, f.id, f.is_folder
        FROM unnest(%(owners)s::text[], %(parents)s::uuid[], %(names)s::text[])
            WITH ORDINALITY AS w (owner, parent, name, n)
        CROSS JOIN LATERAL (
            SELECT id, is_folder FROM files
            WHERE owner_id = w.owner AND filename = w.name AND deleted_at IS NULL
              AND COALESCE(parent_id, '00000000-0000-0000-0000-000000000000')
                = COALESCE(w.parent, '00000000-0000-0000-0000-000000000000')
            LIMIT 1
        ) f
        """,
        {
            "owners": [owner for owner, _ in paths],
            "parents": list(parents),
            "names": [names[-1] for _, names in paths],
        },
    )
    return {paths[row["n"] - 1]: Node(row["id"], row["is_folder"]) for row in rows}


async def insert_folders(
    tx: Transaction, folders: Sequence[NewFolder], *, at: datetime
) -> set[UUID]:
    """Add folder rows, parents first; returns those whose key another row still has."""
    held = await _held_keys(tx, [folder.key for folder in folders])
    async with tx.copy_in(_COPY_FOLDERS) as copy:
        for folder in folders:
            owner, names = folder.path
            aside = layout.aside_key(folder.id, names[-1], is_folder=True)
            is_held = folder.key in held
            await copy.write_row(
                (
                    folder.id,
                    aside if is_held else folder.key,
                    names[-1],
                    FOLDER_MIMETYPE,
                    owner,
                    folder.parent_id,
                    True,
                    at,
                    at,
                    is_held,
                    search_form(names[-1]),
                    sort_form(names[-1]),
                )
            )
    return {folder.id for folder in folders if folder.key in held}


async def insert_files(tx: Transaction, files: Sequence[NewFile]) -> None:
    """Add file rows, as old as their objects. Sizes above them are the caller's to add."""
    async with tx.copy_in(_COPY_FILES) as copy:
        # The server takes some in while the next are written out.
        for first in range(0, len(files), _LINES_AT_ONCE):
            lines = [_file_line(file) for file in files[first : first + _LINES_AT_ONCE]]
            await copy.write("".join(lines))


def _file_line(file: NewFile) -> str:
    entry = file.entry
    meta, name = entry.meta, entry.filename
    modified_at = meta.modified_at.isoformat()
    return copy_line(
        meta.key,
        name,
        entry.mimetype,
        str(meta.size),
        entry.path[0],
        None if file.parent_id is None else str(file.parent_id),
        modified_at,
        modified_at,
        meta.etag,
        search_form(name),
        sort_form(name),
    )


async def add_sizes(tx: Transaction, changes: Mapping[UUID, int]) -> None:
    """Add bytes to many folders, and to every folder above each, in one statement."""
    await tx.execute(
        """
        WITH RECURSIVE up (id, delta, depth) AS (
            SELECT c.id, c.delta, 0 FROM unnest(%(ids)s::uuid[], %(deltas)s::bigint[]) AS c (id, delta)
            UNION ALL
            SELECT f.parent_id, up.delta, up.depth + 1
            FROM up JOIN files f ON f.id = up.id
            WHERE f.parent_id IS NOT NULL AND up.depth < %(deepest)s
        ), totals (id, delta) AS (SELECT id, sum(delta)::bigint FROM up GROUP BY id)
        UPDATE files f SET size = f.size + t.delta FROM totals t WHERE f.id = t.id
        """,
        {"ids": list(changes), "deltas": list(changes.values()), "deepest": _DEEPEST},
    )


async def ready_files(tx: ReadTransaction, prefix: str) -> AsyncIterator[FileRow]:
    """Give every ready file, trashed ones too, whose key has a prefix, in the order of keys."""
    rows = tx.stream(
        """
        SELECT id, s3_key, size FROM files
        WHERE s3_key >= %(prefix)s AND starts_with(s3_key, %(prefix)s)
          AND state = 'ready' AND NOT is_folder
        ORDER BY s3_key
        """,
        {"prefix": prefix},
    )
    async for row in rows:
        yield FileRow(row["id"], ObjectKey(row["s3_key"]), row["size"])


async def still_at(tx: ReadTransaction, files: Sequence[FileRow]) -> set[UUID]:
    """Return which of these files still have the key that they had."""
    rows = await tx.all(
        """
        SELECT f.id FROM unnest(%(ids)s::uuid[], %(keys)s::text[]) AS w (id, key)
        JOIN files f ON f.id = w.id AND f.s3_key = w.key AND f.state = 'ready'
        """,
        {"ids": [file.id for file in files], "keys": [file.key for file in files]},
    )
    return {row["id"] for row in rows}


async def _held_keys(tx: ReadTransaction, keys: Sequence[ObjectKey]) -> set[str]:
    rows = await tx.all(
        """
        SELECT k.key FROM unnest(%(keys)s::text[]) AS k (key)
        WHERE (SELECT true FROM files f WHERE f.s3_key = k.key LIMIT 1)
           OR (SELECT true FROM files f WHERE f.pending_key = k.key LIMIT 1)
        """,
        {"keys": list(keys)},
    )
    return {row["key"] for row in rows}
