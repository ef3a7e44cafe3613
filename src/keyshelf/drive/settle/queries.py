"""Statements that make keys follow names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.rows import COLUMNS, from_row
from keyshelf.drive.values import DriveFile
from keyshelf.layout import drive as layout
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey

_DEEPEST = 1000

# A key reserved in another drive is that drive's to tidy up first.
_FOLLOWING: LiteralString = """
    owner_id = %(owner)s AND moving AND state = 'ready' AND deleted_at IS NULL
    AND (pending_key IS NULL OR starts_with(pending_key, %(root)s)
         OR starts_with(pending_key, %(system)s))
    AND NOT EXISTS (SELECT FROM uploads u WHERE u.file_id = files.id AND u.state = 'pending')
"""
# Kept out of the scan of a drive by its index: few rows have a key reserved at any time.
_STRAYING: LiteralString = """
    pending_key IS NOT NULL
    AND (owner_id <> %(owner)s AND starts_with(pending_key, %(root)s)
         OR owner_id = %(owner)s AND deleted_at IS NOT NULL
            AND (starts_with(pending_key, %(root)s) OR starts_with(pending_key, %(system)s)))
"""


@dataclass(frozen=True, slots=True)
class Mover:
    """A row whose key may differ from its names, with the names from the root down."""

    file: DriveFile
    names: tuple[str, ...]
    pending_key: ObjectKey | None


@dataclass(frozen=True, slots=True)
class Swap:
    """An object that now is at its new key as well."""

    file_id: UUID
    old_key: ObjectKey
    new_key: ObjectKey
    etag: str | None
    version: int
    """The version of the row for which the new key was spelled."""
    in_place: bool
    """False for a row that only stepped aside."""


async def movers(tx: ReadTransaction, owner: OwnerId, *, limit: int) -> list[Mover]:
    """Return some of the rows of a drive whose keys are to follow.

    A row with an open upload waits: completing it writes to the key that it has. A
    trashed row whose object was on its way somewhere is among them, to be tidied up,
    and so is one that went to another drive meanwhile: only the drive that reserved a
    key knows whether a copy is still under way to it.
    """
    sql: LiteralString = f"""
        WITH RECURSIVE batch (id) AS (
            (SELECT id FROM files
             WHERE {_FOLLOWING} ORDER BY id LIMIT %(limit)s)
            UNION ALL
            (SELECT id FROM files WHERE {_STRAYING} LIMIT %(limit)s)
        ), up (id, parent_id, names) AS (
            SELECT f.id, f.parent_id, ARRAY[f.filename] FROM files f JOIN batch USING (id)
            UNION ALL
            SELECT up.id, p.parent_id, p.filename || up.names
            FROM up JOIN files p ON p.id = up.parent_id
            WHERE cardinality(up.names) < %(deepest)s
        )
        SELECT {COLUMNS}, up.names, f.pending_key
        FROM up JOIN files f ON f.id = up.id
        WHERE up.parent_id IS NULL
    """
    rows = await tx.all(sql, {**_of_drive(owner), "limit": limit, "deepest": _DEEPEST})
    return [
        Mover(file=from_row(row), names=tuple(row["names"]), pending_key=row["pending_key"])
        for row in rows
    ]


async def count_movers(tx: ReadTransaction, owner: OwnerId) -> int:
    """Count the rows that `movers` would return without a limit."""
    sql: LiteralString = f"""
        SELECT (SELECT count(*) FROM files WHERE {_FOLLOWING})
             + (SELECT count(*) FROM files WHERE {_STRAYING})
    """
    value: int = await tx.value(sql, _of_drive(owner))
    return value


async def owners_with_movers(tx: ReadTransaction) -> list[OwnerId]:
    """Return the drives in which keys are to follow or reservations may be left over."""
    rows = await tx.all(
        "SELECT DISTINCT owner_id FROM files WHERE moving AND state = 'ready' AND deleted_at IS NULL"
    )
    reserved = await tx.all("SELECT owner_id, pending_key FROM files WHERE pending_key IS NOT NULL")
    owners = {OwnerId(row["owner_id"]) for row in [*rows, *reserved]}
    keys = [ObjectKey(row["pending_key"]) for row in reserved]
    return sorted(owners | {layout.parse(key).owner for key in keys if not layout.is_system(key)})


async def holders(tx: ReadTransaction, keys: Sequence[ObjectKey]) -> dict[ObjectKey, Mover]:
    """Return which rows have, or are on their way to, any of these keys."""
    sql: LiteralString = f"""
        SELECT {COLUMNS}, f.pending_key, f.s3_key AS held FROM files f WHERE f.s3_key = ANY(%(keys)s)
        UNION ALL
        SELECT {COLUMNS}, f.pending_key, f.pending_key FROM files f WHERE f.pending_key = ANY(%(keys)s)
    """
    rows = await tx.all(sql, {"keys": list(keys)})
    return {
        ObjectKey(row["held"]): Mover(file=from_row(row), names=(), pending_key=row["pending_key"])
        for row in rows
    }


async def garbage_among(tx: ReadTransaction, keys: Sequence[ObjectKey]) -> set[str]:
    """Return which of these keys wait for deletion."""
    rows = await tx.all(
        "SELECT s3_key FROM object_deletions WHERE s3_key = ANY(%(keys)s)", {"keys": list(keys)}
    )
    return {row["s3_key"] for row in rows}


async def reserve_key(
    tx: Transaction, file_id: UUID, *, current: ObjectKey, wanted: ObjectKey
) -> bool:
    """Note where an object is about to be copied.

    False when the row changed meanwhile, or its object is on its way elsewhere.
    """
    return bool(
        await tx.execute(
            """
            UPDATE files SET pending_key = %(wanted)s
            WHERE id = %(id)s AND s3_key = %(current)s AND state = 'ready'
              AND (pending_key IS NULL OR pending_key = %(wanted)s)
              AND NOT EXISTS (SELECT FROM uploads u WHERE u.file_id = files.id AND u.state = 'pending')
            """,
            {"id": file_id, "current": current, "wanted": wanted},
        )
    )


async def mark_settled(tx: Transaction, file_ids: Sequence[UUID]) -> None:
    """Say that these rows' objects are where their names say, or that nothing can be moved."""
    await tx.execute(
        "UPDATE files SET moving = false, pending_key = NULL WHERE id = ANY(%(ids)s)",
        {"ids": list(file_ids)},
    )


async def drop_reservation(tx: Transaction, file_id: UUID) -> None:
    """Forget where a row's object was being copied to."""
    await tx.execute("UPDATE files SET pending_key = NULL WHERE id = %(id)s", {"id": file_id})


async def swap_keys(tx: Transaction, swaps: Sequence[Swap]) -> set[UUID]:
    """Point rows at the copies of their objects, where nobody else changed them; returns which.

    A row that was renamed again while its object was copied stays moving.
    """
    rows = await tx.all(
        """
        UPDATE files f SET
            s3_key = s.new_key, pending_key = NULL, object_etag = COALESCE(s.etag, f.object_etag),
            moving = f.deleted_at IS NULL AND (f.version <> s.version OR NOT s.in_place)
        FROM unnest(
            %(ids)s::uuid[], %(old)s::text[], %(new)s::text[], %(etags)s::text[],
            %(versions)s::bigint[], %(in_place)s::boolean[]
        ) AS s (id, old_key, new_key, etag, version, in_place)
        WHERE f.id = s.id AND f.s3_key = s.old_key AND f.pending_key = s.new_key
        RETURNING f.id
        """,
        {
            "ids": [each.file_id for each in swaps],
            "old": [each.old_key for each in swaps],
            "new": [each.new_key for each in swaps],
            "etags": [each.etag for each in swaps],
            "versions": [each.version for each in swaps],
            "in_place": [each.in_place for each in swaps],
        },
    )
    return {row["id"] for row in rows}


async def hold_off_backfill(tx: Transaction) -> bool:
    """Let no backfill begin until the transaction ends; false when one runs or waits."""
    held: bool = await tx.value(
        "SELECT pg_try_advisory_xact_lock_shared(hashtextextended('keyshelf.deletions', 0))"
    )
    return held


async def take_deletions(
    tx: Transaction, *, keys: Sequence[ObjectKey] | None, limit: int
) -> list[ObjectKey]:
    """Lock some keys that wait for deletion, skipping those that another deletes."""
    rows = await tx.all(
        """
        SELECT s3_key FROM object_deletions
        WHERE %(keys)s::text[] IS NULL OR s3_key = ANY(%(keys)s)
        ORDER BY attempts, requested_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        """,
        {"keys": None if keys is None else list(keys), "limit": limit},
    )
    return [ObjectKey(row["s3_key"]) for row in rows]


async def drop_named(tx: Transaction, keys: Sequence[ObjectKey]) -> set[str]:
    """Drop the notes of keys that a row names, which are no garbage; returns which."""
    rows = await tx.all(
        """
        DELETE FROM object_deletions d
        WHERE d.s3_key = ANY(%(keys)s)
          AND (EXISTS (SELECT FROM files f WHERE f.s3_key = d.s3_key)
               OR EXISTS (SELECT FROM files f WHERE f.pending_key = d.s3_key))
        RETURNING d.s3_key
        """,
        {"keys": list(keys)},
    )
    return {row["s3_key"] for row in rows}


async def finish_deletions(
    tx: Transaction, *, deleted: Sequence[ObjectKey], failed: dict[ObjectKey, str]
) -> None:
    """Drop the notes of deleted objects and keep those that failed, with the reason."""
    await tx.execute(
        "DELETE FROM object_deletions WHERE s3_key = ANY(%(keys)s)", {"keys": list(deleted)}
    )
    await tx.execute(
        """
        UPDATE object_deletions d SET attempts = attempts + 1, last_error = e.reason
        FROM unnest(%(keys)s::text[], %(reasons)s::text[]) AS e (s3_key, reason)
        WHERE d.s3_key = e.s3_key
        """,
        {"keys": list(failed), "reasons": list(failed.values())},
    )


def _of_drive(owner: OwnerId) -> dict[str, str]:
    return {"owner": owner, "root": layout.root(owner), "system": layout.SYSTEM_PREFIX}
