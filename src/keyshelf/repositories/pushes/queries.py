"""Statements on pushes and on what they have reserved."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from keyshelf.database import arrays
from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.repositories.catalog.values import RepositoryNumber
from keyshelf.repositories.pushes.values import OpenPush


async def begin(
    tx: Transaction, number: RepositoryNumber, push: OpenPush, *, identity: str, now: datetime
) -> None:
    """Open a push, after a condemnation that is under way."""
    # FOR SHARE waits for whoever condemns, who holds the row: so the epoch says for sure
    # which condemnations this push sees and which it may not.
    await tx.execute(
        """
        INSERT INTO repository_pushes (
            id, repository, identity_id, nonce, epoch, started_at, expires_at
        )
        SELECT %(id)s, r.number, %(identity)s, %(nonce)s, r.epoch, %(now)s, %(expires)s
        FROM (SELECT number, epoch FROM repositories WHERE number = %(number)s FOR SHARE) r
        """,
        {
            "id": push.id,
            "number": number,
            "identity": identity,
            "nonce": push.nonce,
            "now": now,
            "expires": push.expires_at,
        },
    )


async def count_open(tx: ReadTransaction, *, identity: str, now: datetime) -> int:
    """Return how many pushes an identity has open, to all repositories."""
    count: int = await tx.value(
        """
        SELECT count(*) FROM repository_pushes
        WHERE identity_id = %(identity)s AND expires_at > %(now)s
        """,
        {"identity": identity, "now": now},
    )
    return count


async def find(
    tx: ReadTransaction, number: RepositoryNumber, push: UUID, *, identity: str, now: datetime
) -> OpenPush | None:
    """Return somebody's push while it is open."""
    row = await tx.one(
        """
        SELECT id, nonce, expires_at FROM repository_pushes
        WHERE id = %(id)s AND repository = %(number)s AND identity_id = %(identity)s
            AND expires_at > %(now)s
        """,
        {"id": push, "number": number, "identity": identity, "now": now},
    )
    return OpenPush(row["id"], bytes(row["nonce"]), row["expires_at"]) if row else None


async def extend(
    tx: Transaction, number: RepositoryNumber, push: UUID, *, now: datetime, until: datetime
) -> bool:
    """Let a push live on; False when it is over. Its row stays locked to the end."""
    touched = await tx.execute(
        """
        UPDATE repository_pushes SET expires_at = greatest(expires_at, %(until)s)
        WHERE id = %(id)s AND repository = %(number)s AND expires_at > %(now)s
        """,
        {"id": push, "number": number, "now": now, "until": until},
    )
    return touched == 1


async def end(tx: Transaction, push: UUID) -> None:
    """End a push; what it reserved and did not confirm is the collector's to look at."""
    await tx.execute("DELETE FROM repository_pushes WHERE id = %(id)s", {"id": push})


async def reserve(
    tx: Transaction,
    number: RepositoryNumber,
    *,
    reservation: UUID,
    push: UUID,
    keys: Sequence[ObjectKey],
    now: datetime,
) -> None:
    """Note that objects may come to be, which nobody then deletes once this is committed."""
    await tx.execute(
        """
        INSERT INTO repository_reservations (id, repository, push, keys, reserved_at)
        VALUES (%(id)s, %(number)s, %(push)s, %(keys)s::text[], %(now)s)
        """,
        {
            "id": reservation,
            "number": number,
            "push": push,
            "keys": arrays.of_texts(keys),
            "now": now,
        },
    )


async def release(tx: Transaction, reservation: UUID) -> bool:
    """Drop a reservation: all that it named is in rows now, or noted. False when it is gone."""
    dropped = await tx.execute(
        "DELETE FROM repository_reservations WHERE id = %(id)s", {"id": reservation}
    )
    return dropped == 1


async def give_up(tx: Transaction, reservation: UUID, keys: Sequence[ObjectKey]) -> bool:
    """Take objects out of a reservation, of which the rest stays. False when it is gone."""
    changed = await tx.execute(
        """
        UPDATE repository_reservations SET keys = ARRAY(
            SELECT key FROM unnest(keys) AS key WHERE key <> ALL(%(keys)s)
        ) WHERE id = %(id)s
        """,
        {"id": reservation, "keys": list(keys)},
    )
    return changed == 1


async def reserved(tx: ReadTransaction, reservation: UUID, push: UUID) -> list[ObjectKey]:
    """Return what a push reserved at once; nothing when it has no such reservation."""
    row = await tx.one(
        "SELECT keys FROM repository_reservations WHERE id = %(id)s AND push = %(push)s",
        {"id": reservation, "push": push},
    )
    return [ObjectKey(key) for key in row["keys"]] if row else []


async def end_expired(tx: Transaction, number: RepositoryNumber | None, *, now: datetime) -> int:
    """End the pushes that were silent for too long, of one repository or of all."""
    return await tx.execute(
        """
        DELETE FROM repository_pushes
        WHERE (%(number)s::int IS NULL OR repository = %(number)s) AND expires_at <= %(now)s
        """,
        {"number": number, "now": now},
    )


async def take_left(
    tx: Transaction, number: RepositoryNumber | None, *, before: datetime, limit: int
) -> list[ObjectKey] | None:
    """Drop some reservations whose push is over, and return what they named; None without any."""
    rows = await tx.all(
        """
        DELETE FROM repository_reservations WHERE id IN (
            SELECT r.id FROM repository_reservations r
            WHERE (%(number)s::int IS NULL OR r.repository = %(number)s)
                AND r.reserved_at <= %(before)s
                AND NOT EXISTS (SELECT FROM repository_pushes p WHERE p.id = r.push)
            LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ) RETURNING keys
        """,
        {"number": number, "before": before, "limit": limit},
    )
    return [ObjectKey(key) for row in rows for key in row["keys"]] if rows else None
