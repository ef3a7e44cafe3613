"""Statements on objects to be deleted."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from keyshelf.database import arrays
from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import parse_chunk_key, parse_manifest_key


async def note(tx: Transaction, keys: Sequence[ObjectKey], *, now: datetime) -> None:
    """Note objects to be deleted unless somebody wants them before.

    Waits for a deletion of one of them that is under way.
    """
    # A note that is there is written again, which locks it: a deleter that still sees the
    # row which this transaction removes would otherwise drop the only note.
    await tx.execute(
        """
        INSERT INTO repository_deletions (key, noted_at)
        SELECT key, %(now)s FROM unnest(%(keys)s::text[]) AS key
        ON CONFLICT (key) DO UPDATE SET noted_at = excluded.noted_at
        """,
        {"keys": sorted(set(keys)), "now": now},
    )


async def withdraw(tx: Transaction, keys: Sequence[ObjectKey]) -> None:
    """Take objects off the list. Waits for a deletion of one of them that is under way."""
    # In one order, as notes are written: nobody waits in a circle.
    await tx.execute(
        """
        DELETE FROM repository_deletions WHERE key IN (
            SELECT key FROM repository_deletions WHERE key = ANY(%(keys)s::text[])
            ORDER BY key FOR UPDATE
        )
        """,
        {"keys": arrays.of_texts(keys)},
    )


async def are_noted(tx: ReadTransaction, keys: Sequence[ObjectKey] | None) -> bool:
    """Say whether there are notes that `take` may lock."""
    there: bool = await tx.value(
        """
        SELECT EXISTS (
            SELECT FROM repository_deletions
            WHERE (%(keys)s::text[] IS NULL OR key = ANY(%(keys)s)) AND last_error IS NULL
        )
        """,
        {"keys": None if keys is None else list(keys)},
    )
    return there


async def take(tx: Transaction, *, keys: Sequence[ObjectKey] | None, limit: int) -> list[ObjectKey]:
    """Lock some notes that nobody else has locked and that have not failed."""
    rows = await tx.all(
        """
        SELECT key FROM repository_deletions
        WHERE (%(keys)s::text[] IS NULL OR key = ANY(%(keys)s)) AND last_error IS NULL
        ORDER BY key LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        """,
        {"keys": None if keys is None else list(keys), "limit": limit},
    )
    return [ObjectKey(row["key"]) for row in rows]


async def wanted(tx: Transaction, keys: Sequence[ObjectKey]) -> set[ObjectKey]:
    """Return which noted objects somebody has, or is about to write.

    A statement of its own, after the notes are locked: who has reserved by then is seen,
    and who reserves later withdraws the notes after that, which waits for their lock.
    """
    chunks = {bytes.fromhex(chunk): key for key in keys if (chunk := parse_chunk_key(key))}
    manifests = {
        (str(parsed[0]), bytes.fromhex(parsed[1])): key
        for key in keys
        if (parsed := parse_manifest_key(key))
    }
    rows = await tx.all(
        """
        SELECT NULL AS repository, id, NULL AS key FROM repository_chunks
        WHERE id = ANY(%(chunks)s)
        UNION ALL
        SELECT r.id::text, c.hash, NULL FROM repository_commits c
        JOIN repositories r ON r.number = c.repository WHERE c.hash = ANY(%(commits)s)
        UNION ALL
        SELECT NULL, NULL, key FROM repository_reservations, unnest(keys) AS key
        WHERE keys && %(keys)s::text[] AND key = ANY(%(keys)s)
        """,
        {
            "chunks": list(chunks),
            "commits": [commit for _, commit in manifests],
            "keys": list(keys),
        },
    )
    found = [
        row["key"] or chunks.get(row["id"]) or manifests.get((row["repository"], row["id"]))
        for row in rows
    ]
    return {ObjectKey(key) for key in found if key}


async def finish(
    tx: Transaction, *, done: Sequence[ObjectKey], failed: Mapping[ObjectKey, str]
) -> None:
    """Drop notes that are done with, and keep the others with the reason."""
    await tx.execute(
        "DELETE FROM repository_deletions WHERE key = ANY(%(keys)s)", {"keys": list(done)}
    )
    await tx.execute(
        """
        UPDATE repository_deletions SET last_error = failed.error
        FROM unnest(%(keys)s::text[], %(errors)s::text[]) AS failed (key, error)
        WHERE repository_deletions.key = failed.key
        """,
        {"keys": list(failed), "errors": list(failed.values())},
    )


async def retry_failed(tx: Transaction) -> int:
    """Let what the store refused be tried again."""
    return await tx.execute(
        "UPDATE repository_deletions SET last_error = NULL WHERE last_error IS NOT NULL"
    )


async def forget_plans(tx: Transaction) -> None:
    """Forget all that was to be deleted, and all that would come to it by itself.

    Objects that no row names stay for good then, until somebody compares the store.
    """
    await tx.execute("DELETE FROM repository_deletions")
    await tx.execute("DELETE FROM repository_reservations")
    await tx.execute("DELETE FROM repository_pushes")
    await tx.execute(
        """
        UPDATE repository_chunks SET condemned_at = NULL, condemned_epoch = NULL
        WHERE condemned_at IS NOT NULL
        """
    )
    await tx.execute(
        """
        UPDATE repository_commits SET condemned_at = NULL, condemned_epoch = NULL
        WHERE condemned_at IS NOT NULL
        """
    )
