"""The SQL by which jobs are paused, resumed, cancelled and tried again."""

from uuid import UUID

from keyshelf.database.transactions import Transaction
from keyshelf.jobs.queries import from_row
from keyshelf.jobs.values import Job


async def lock(tx: Transaction, job_id: UUID) -> Job | None:
    """Return a job, and keep everybody else from changing it until the transaction ends."""
    row = await tx.one("SELECT * FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": job_id})
    return None if row is None else from_row(row)


async def pause(tx: Transaction, job_id: UUID) -> Job | None:
    """Have a queued job wait, ask a running one to stop and wait; the caller holds the job."""
    row = await tx.one(
        """
        UPDATE jobs SET pause_requested = (state = 'running'),
            state = CASE state WHEN 'queued' THEN 'paused' ELSE state END
        WHERE id = %(id)s
        RETURNING *
        """,
        {"id": job_id},
    )
    return None if row is None else from_row(row)


async def resume(tx: Transaction, job_id: UUID) -> Job | None:
    """Queue a paused job, or take a pause back that a running one was asked for.

    The caller holds the job. One that was to run later still does.
    """
    row = await tx.one(
        """
        UPDATE jobs SET pause_requested = false, resumed_at = now(),
            state = CASE state WHEN 'paused' THEN 'queued' ELSE state END,
            run_at = CASE state WHEN 'paused' THEN GREATEST(run_at, now()) ELSE run_at END,
            announced_at = CASE WHEN state = 'paused' AND run_at <= now() THEN now() END
        WHERE id = %(id)s
        RETURNING *
        """,
        {"id": job_id},
    )
    return None if row is None else from_row(row)


async def cancel(tx: Transaction, job_id: UUID) -> Job | None:
    """End a job that waits or is paused, ask a running one to end, leave a final one as it is."""
    row = await tx.one(
        """
        UPDATE jobs SET
            state = CASE WHEN state IN ('queued', 'paused') THEN 'cancelled' ELSE state END,
            finished_at = CASE WHEN state IN ('queued', 'paused') THEN now() ELSE finished_at END,
            cancel_requested = cancel_requested OR state IN ('queued', 'running', 'paused'),
            pause_requested = false, run_again = false
        WHERE id = %(id)s
        RETURNING *
        """,
        {"id": job_id},
    )
    return None if row is None else from_row(row)


async def requeue(tx: Transaction, job_id: UUID) -> Job | None:
    """Put a failed, cancelled or paused job back to the start; None when it is none of these."""
    row = await tx.one(
        """
        UPDATE jobs SET state = 'queued', attempts = 0, run_at = now(), announced_at = now(), cancel_requested = false, run_again = false,
            progress_done = 0, progress_total = NULL, progress_message = NULL, error_code = NULL, error_detail = NULL,
            started_at = NULL, finished_at = NULL, resumed_at = NULL
        WHERE id = %(id)s AND state IN ('failed', 'cancelled', 'paused')
        RETURNING *
        """,
        {"id": job_id},
    )
    return None if row is None else from_row(row)
