"""Statements on the content of files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.drive.rows import COLUMNS, from_row
from keyshelf.drive.values import DriveFile
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectMeta


@dataclass(frozen=True, slots=True)
class MediaEndings:
    """What names of media end with, and of what is none whatever its type says."""

    media: Sequence[str]
    others: Sequence[str]


async def find(tx: ReadTransaction, file_id: UUID) -> DriveFile | None:
    """Return a file that has bytes."""
    sql: LiteralString = f"""
        SELECT {COLUMNS} FROM files f
        WHERE f.id = %(id)s AND f.state = 'ready' AND NOT f.is_folder
    """
    row = await tx.one(sql, {"id": file_id})
    return from_row(row) if row else None


async def hash_at(tx: ReadTransaction, key: ObjectKey, etag: str) -> str | None:
    """Return the content of the file at a key, if its bytes have an ETag and were read."""
    found: str | None = await tx.value(
        "SELECT content_hash FROM files WHERE s3_key = %(key)s AND object_etag = %(etag)s",
        {"key": key, "etag": etag},
    )
    return found


async def set_hash(tx: Transaction, file: DriveFile, content_hash: str) -> bool:
    """Note the hash of a file's bytes; False when it has other bytes by now.

    The bytes may have moved to another key since: their version counts, not their place.
    """
    touched = await tx.execute(
        """
        UPDATE files SET content_hash = %(content)s
        WHERE id = %(id)s AND state = 'ready' AND size = %(size)s
          AND object_etag IS NOT DISTINCT FROM %(etag)s
        """,
        {"id": file.id, "content": content_hash, "size": file.size, "etag": file.object_etag},
    )
    return touched == 1


async def replace_bytes(
    tx: Transaction, file: DriveFile, meta: ObjectMeta, *, at: datetime
) -> DriveFile:
    """Give a file the bytes that are at its key now, and their size to the folders above it.

    Of a file in the trash, to those that went there with it. What it held before is noted
    as released, and what it holds now is not known yet. The drive must be locked.
    """
    await tx.execute(
        """
        WITH RECURSIVE above AS (
            SELECT parent_id AS id FROM files WHERE id = %(id)s
            UNION SELECT f.parent_id FROM files f JOIN above a ON f.id = a.id
        )
        UPDATE files SET size = size + %(delta)s
        WHERE id IN (SELECT id FROM above) AND trashed_with IS NOT DISTINCT FROM
            (SELECT trashed_with FROM files WHERE id = %(id)s)
        """,
        {"id": file.id, "delta": meta.size - file.size},
    )
    sql: LiteralString = f"""
        WITH released AS (
            INSERT INTO released_content (content_hash)
            SELECT content_hash FROM files WHERE id = %(id)s AND content_hash IS NOT NULL
            ON CONFLICT (content_hash) DO UPDATE SET released_at = clock_timestamp()
        )
        UPDATE files AS f SET
            size = %(size)s, object_etag = %(etag)s, updated_at = %(at)s,
            version = version + 1, content_hash = NULL
        WHERE f.id = %(id)s RETURNING {COLUMNS}
    """
    rows = await tx.all(sql, {"id": file.id, "size": meta.size, "etag": meta.etag, "at": at})
    return from_row(rows[0])


async def with_hash(
    tx: ReadTransaction, content_hash: str, *, owner: OwnerId | None
) -> Sequence[DriveFile]:
    """Return the files of some content, at most a thousand; of one owner, or everybody's."""
    sql: LiteralString = f"""
        SELECT {COLUMNS} FROM files f
        WHERE f.content_hash = %(content)s
          AND (%(owner)s::text IS NULL OR f.owner_id = %(owner)s)
        ORDER BY f.id LIMIT 1000
    """
    rows = await tx.all(sql, {"content": content_hash, "owner": owner})
    return [from_row(row) for row in rows]


async def owners_of(tx: ReadTransaction, content_hash: str) -> Sequence[OwnerId]:
    """Return whose drives have a file of some content, those in the trash included."""
    rows = await tx.all(
        "SELECT DISTINCT owner_id FROM files WHERE content_hash = %(content)s ORDER BY 1",
        {"content": content_hash},
    )
    return [OwnerId(row["owner_id"]) for row in rows]


async def count_waiting(tx: ReadTransaction, *, most: int) -> int:
    """Return how many files wait to be read, counted up to `most`."""
    count: int = await tx.value(
        """
        SELECT count(*) FROM (
            SELECT FROM jobs WHERE kind = 'inspect' AND state = 'queued' LIMIT %(most)s
        ) waiting
        """,
        {"most": most},
    )
    return count


async def not_inspected(
    tx: ReadTransaction, *, endings: MediaEndings | None, limit: int
) -> Sequence[DriveFile]:
    """Return files whose bytes nobody has read and nobody is about to, in no order.

    With `endings` only media: the index finds these without the others. One whose reading
    failed for good waits until its job is forgotten.
    """
    # As in the index `files_not_inspected`.
    media: LiteralString = """
        AND CASE WHEN f.mimetype ~* '^(image|video|audio)/' THEN '/'
            ELSE coalesce(substring(f.search_name FROM '[.]([^.]+)$'), '') END = ANY(%(media)s)
        AND coalesce(substring(f.search_name FROM '[.]([^.]+)$'), '') <> ALL(%(others)s)
    """
    wanted: LiteralString = media if endings else ""
    sql: LiteralString = f"""
        SELECT {COLUMNS} FROM files f
        WHERE f.content_hash IS NULL AND NOT f.is_folder AND f.state = 'ready'
          AND f.deleted_at IS NULL {wanted}
          AND NOT EXISTS (
              SELECT FROM jobs j WHERE j.kind = 'inspect' AND j.payload ->> 'file_id' = f.id::text
          )
        LIMIT %(limit)s
    """
    params = {
        "media": ["/", *endings.media] if endings else [],
        "others": [*endings.others] if endings else [],
        "limit": limit,
    }
    return [from_row(row) for row in await tx.all(sql, params)]


async def released(tx: ReadTransaction, *, after: str, limit: int) -> Sequence[str]:
    """Return content that files let go of, in order."""
    rows = await tx.all(
        """
        SELECT content_hash FROM released_content WHERE content_hash > %(after)s
        ORDER BY content_hash LIMIT %(limit)s
        """,
        {"after": after, "limit": limit},
    )
    return [row["content_hash"] for row in rows]


async def look_at_released(tx: ReadTransaction, content_hash: str) -> tuple[datetime | None, bool]:
    """Return when some content was let go of last, and whether a file has it all the same.

    Files in the trash count.
    """
    row = await tx.one(
        """
        SELECT
            (SELECT released_at FROM released_content WHERE content_hash = %(content)s) AS at,
            EXISTS (SELECT FROM files WHERE content_hash = %(content)s) AS is_held
        """,
        {"content": content_hash},
    )
    return (row["at"], row["is_held"]) if row else (None, False)


async def forget_released(tx: Transaction, content_hash: str, at: datetime | None) -> None:
    """Note that what was made of some content was looked after, unless it was let go of since."""
    await tx.execute(
        """
        DELETE FROM released_content
        WHERE content_hash = %(content)s AND released_at = %(at)s
        """,
        {"content": content_hash, "at": at},
    )
