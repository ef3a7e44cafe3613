"""Statements on what is in the trash."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.drive.rows import COLUMNS, from_row
from keyshelf.drive.values import DriveFile
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey

_DEEPEST = 1000


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
    value: bool = await tx.value(
        """
        WITH RECURSIVE below (id, in_flight) AS (
            SELECT id, pending_key IS NOT NULL OR state = 'pending' FROM files WHERE id = %(id)s
            UNION
            SELECT c.id, c.pending_key IS NOT NULL OR c.state = 'pending'
            FROM files c JOIN below b ON c.parent_id = b.id
        )
        SELECT EXISTS (SELECT FROM below WHERE in_flight)
        """,
        {"id": file_id},
    )
    return value


async def purgeable(
    tx: ReadTransaction,
    *,
    owners: Sequence[OwnerId] | None,
    before: datetime | None,
    after: DriveFile | None,
    limit: int,
) -> list[DriveFile]:
    """Return some of what is being purged, and of what was trashed before a time.

    The oldest comes first, `after` that one.
    """
    due: LiteralString = (
        "f.purging" if before is None else "(f.purging OR f.deleted_at < %(before)s)"
    )
    later: LiteralString = "AND (f.deleted_at, f.id) > (%(at)s, %(id)s)" if after else ""
    sql: LiteralString = f"""
        SELECT {COLUMNS} FROM files f
        WHERE f.trashed_with = f.id AND {due} {later}
          AND (%(owners)s::text[] IS NULL OR f.owner_id = ANY(%(owners)s))
        ORDER BY f.deleted_at, f.id LIMIT %(limit)s
    """
    params = {
        "owners": None if owners is None else list(owners),
        "before": before,
        "at": after and after.deleted_at,
        "id": after and after.id,
        "limit": limit,
    }
    return [from_row(row) for row in await tx.all(sql, params)]


async def mark_purging(tx: Transaction, roots: Sequence[UUID]) -> None:
    """Say that these rows of the trash are being deleted for ever. Their drives must be locked."""
    await tx.execute(
        "UPDATE files SET purging = true WHERE id = ANY(%(ids)s)", {"ids": list(roots)}
    )


async def deepest_below(
    tx: ReadTransaction, roots: Sequence[UUID], *, limit: int
) -> list[tuple[int, UUID]]:
    """Return the depths and ids of some rows in or below these, the deepest first."""
    rows = await tx.all(
        """
        WITH RECURSIVE below (id, depth) AS (
            SELECT id, 0 FROM files WHERE id = ANY(%(roots)s)
            UNION
            SELECT f.id, b.depth + 1 FROM files f JOIN below b ON f.parent_id = b.id
            WHERE b.depth < %(deepest)s
        )
        SELECT id, max(depth) AS depth FROM below GROUP BY id ORDER BY depth DESC LIMIT %(limit)s
        """,
        {"roots": list(roots), "deepest": _DEEPEST, "limit": limit},
    )
    return [(row["depth"], row["id"]) for row in rows]


async def owners_among(tx: ReadTransaction, ids: Sequence[UUID]) -> list[OwnerId]:
    """Return the drives that rows are in."""
    rows = await tx.all(
        "SELECT DISTINCT owner_id FROM files WHERE id = ANY(%(ids)s)", {"ids": list(ids)}
    )
    return [OwnerId(row["owner_id"]) for row in rows]


async def delete_leaves(
    tx: Transaction, ids: Sequence[UUID], at: datetime
) -> list[tuple[UUID, ObjectKey]]:
    """Delete those of these rows that hold nothing; notes their objects for deletion.

    Their inspections go with them: one that runs ends at its next sign of life.
    Returns the rows with their keys. What is live is never touched. A copy that is under
    way lands on its key whatever happens to its row: until then the row holds the key,
    or the bytes of the key's next owner would be overwritten.
    """
    # The order is that of files_level, so that the first child is looked up there. Without
    # it, a plan that believes in many children reads the whole table for each row.
    rows = await tx.all(
        """
        WITH gone AS (
            DELETE FROM files f
            WHERE f.id = ANY(%(ids)s) AND f.deleted_at IS NOT NULL
              AND f.pending_key IS NULL AND f.state = 'ready'
              AND (SELECT true FROM files c WHERE c.parent_id = f.id
                   ORDER BY c.owner_id, c.is_folder DESC, c.sort_name, c.id LIMIT 1) IS NULL
            RETURNING f.id, f.s3_key, f.content_hash
        ), noted AS (
            INSERT INTO object_deletions (s3_key, requested_at)
            SELECT s3_key, %(at)s FROM gone ON CONFLICT DO NOTHING
        ), released AS (
            INSERT INTO released_content (content_hash)
            SELECT DISTINCT content_hash FROM gone WHERE content_hash IS NOT NULL
            ORDER BY content_hash
            ON CONFLICT (content_hash) DO UPDATE SET released_at = clock_timestamp()
        ), forgotten AS (
            DELETE FROM jobs j
            WHERE j.kind = 'inspect' AND j.payload ->> 'file_id' = ANY(SELECT id::text FROM gone)
        )
        SELECT id, s3_key FROM gone
        """,
        {"ids": list(ids), "at": at},
    )
    return [(row["id"], ObjectKey(row["s3_key"])) for row in rows]


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
