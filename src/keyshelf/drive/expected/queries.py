"""Statements on the keys that files and folders have."""

from collections.abc import Sequence
from typing import LiteralString

from keyshelf.database import arrays
from keyshelf.database.transactions import ReadTransaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.expected import Expected


async def files_after(tx: ReadTransaction, key: str, *, limit: int) -> list[Expected]:
    """Return the next ready files, trashed ones too, by key."""
    # JSON: rows of the driver take several times as long.
    rows: list[tuple[ObjectKey, int]] | None = await tx.value(
        """
        SELECT json_agg(json_build_array(s3_key, size)) FROM (
            SELECT s3_key, size FROM files
            WHERE s3_key > %(after)s AND state = 'ready' AND NOT is_folder
            ORDER BY s3_key LIMIT %(limit)s
        ) f
        """,
        {"after": key, "limit": limit},
    )
    return [Expected(key, size) for key, size in rows or ()]


async def key_far_after(tx: ReadTransaction, key: str, *, rows: int) -> str | None:
    """Return the key that comes so many rows after one; None when there are fewer."""
    found: str | None = await tx.value(
        """
        SELECT s3_key FROM files WHERE s3_key > %(after)s
        ORDER BY s3_key OFFSET %(rows)s - 1 LIMIT 1
        """,
        {"after": key, "rows": rows},
    )
    return found


# A key that an upload is open to, or that waits for deletion, has whatever size it has.
_STANDING: LiteralString = """
    SELECT s3_key AS key, CASE WHEN is_folder THEN NULL ELSE size END AS size,
        state = 'ready' AND NOT is_folder AS required
    FROM files WHERE s3_key = ANY(%(keys)s::text[])
    UNION ALL
    SELECT pending_key, NULL, false FROM files WHERE pending_key = ANY(%(keys)s::text[])
    UNION ALL
    SELECT s3_key, NULL, false FROM uploads
    WHERE state = 'pending' AND s3_key = ANY(%(keys)s::text[])
    UNION ALL
    SELECT s3_key, NULL, false FROM object_deletions WHERE s3_key = ANY(%(keys)s::text[])
"""


async def standing(tx: ReadTransaction, keys: Sequence[ObjectKey]) -> list[Expected]:
    """Return what rows say of some keys: files, folders, uploads, moves and deletions."""
    sql: LiteralString = f"""
        SELECT key, bool_or(required) AS required,
            CASE WHEN bool_or(size IS NULL) THEN NULL ELSE min(size) END AS size
        FROM ({_STANDING}) s GROUP BY key
    """
    rows = await tx.all(sql, {"keys": arrays.of_texts(keys)})
    return [Expected(ObjectKey(row["key"]), row["size"], row["required"]) for row in rows]
