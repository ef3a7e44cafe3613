"""The SQL of webhooks. Times are the database's."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.layout.media import MediaHash
from keyshelf.media.work.values import Webhook


@dataclass(frozen=True, slots=True)
class Due:
    """A webhook that is to be sent now; this is the attempt of that number, from 1."""

    id: UUID
    url: str
    body: str
    attempt: int


async def expect(
    tx: Transaction, webhook_id: UUID, *, job_id: UUID, media: MediaHash, url: str
) -> None:
    """Note that a URL is to be told when a job ends; once is enough."""
    await tx.execute(
        """
        INSERT INTO webhooks (id, job_id, hash, url, state) VALUES (%(id)s, %(job)s, %(hash)s, %(url)s, 'waiting')
        ON CONFLICT (job_id, url) WHERE state = 'waiting' DO NOTHING
        """,
        {"id": webhook_id, "job": job_id, "hash": media, "url": url},
    )


async def release(tx: Transaction, job_id: UUID, body: str) -> int:
    """Let the webhooks that wait for a job's end be sent; returns how many."""
    return await tx.execute(
        """
        UPDATE webhooks SET state = 'pending', body = %(body)s, next_at = now()
        WHERE job_id = %(job)s AND state = 'waiting'
        """,
        {"job": job_id, "body": body},
    )


async def urls(tx: ReadTransaction, job_id: UUID) -> list[str]:
    """Return whom a job's end is or was told."""
    rows = await tx.all(
        "SELECT DISTINCT url FROM webhooks WHERE job_id = %(job)s ORDER BY url", {"job": job_id}
    )
    return [row["url"] for row in rows]


async def of_job(tx: ReadTransaction, job_id: UUID) -> list[Webhook]:
    """Return the webhooks of a job, oldest first."""
    rows = await tx.all(
        "SELECT * FROM webhooks WHERE job_id = %(job)s ORDER BY created_at, id", {"job": job_id}
    )
    return [_webhook(row) for row in rows]


async def send_again(tx: Transaction, job_id: UUID) -> int:
    """Let a job's webhooks that were sent or given up be sent once more; returns how many."""
    return await tx.execute(
        """
        UPDATE webhooks SET state = 'pending', attempts = 0, next_at = now()
        WHERE job_id = %(job)s AND state IN ('sent', 'failed')
        """,
        {"job": job_id},
    )


async def take_due(tx: Transaction, *, limit: int, lease: timedelta) -> list[Due]:
    """Return webhooks that are due.

    They are due again after `lease`, should whoever took them not say what came of them.
    """
    rows = await tx.all(
        """
        UPDATE webhooks SET next_at = now() + %(lease)s, attempts = attempts + 1
        WHERE id IN (
            SELECT id FROM webhooks WHERE state = 'pending' AND next_at <= now()
            ORDER BY next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
        RETURNING id, url, body, attempts
        """,
        {"limit": limit, "lease": lease},
    )
    return [Due(row["id"], row["url"], row["body"], row["attempts"]) for row in rows]


async def note_sent(tx: Transaction, webhook_id: UUID, status: int) -> None:
    """Note that a webhook arrived."""
    await tx.execute(
        """
        UPDATE webhooks SET state = 'sent', last_status = %(status)s, last_error = NULL, sent_at = now()
        WHERE id = %(id)s
        """,
        {"id": webhook_id, "status": status},
    )


async def note_failed(
    tx: Transaction,
    webhook_id: UUID,
    *,
    status: int | None,
    error: str,
    again_after: timedelta | None,
) -> None:
    """Note that a webhook did not arrive; without `again_after` it is given up."""
    await tx.execute(
        """
        UPDATE webhooks SET last_status = %(status)s, last_error = %(error)s,
            state = CASE WHEN %(after)s::interval IS NULL THEN 'failed' ELSE 'pending' END,
            next_at = COALESCE(now() + %(after)s::interval, next_at)
        WHERE id = %(id)s AND state = 'pending'
        """,
        {"id": webhook_id, "status": status, "error": error, "after": again_after},
    )


def _webhook(row: Row) -> Webhook:
    return Webhook(
        id=row["id"],
        url=row["url"],
        state=row["state"],
        attempts=row["attempts"],
        last_status=row["last_status"],
        last_error=row["last_error"],
        created_at=row["created_at"],
        next_at=row["next_at"] if row["state"] == "pending" else None,
        sent_at=row["sent_at"],
    )
