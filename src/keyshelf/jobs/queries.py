"""Every statement on jobs. Times are the database's, so that workers' clocks never matter."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from keyshelf.database.transactions import ReadTransaction, Row, Transaction
from keyshelf.jobs.values import (
    Job,
    JobFailure,
    JobKind,
    JobState,
    JobWaitingError,
    Payload,
    Progress,
    QueueName,
)


async def insert(
    tx: Transaction,
    job_id: UUID,
    kind: JobKind,
    payload: Payload,
    *,
    owner_id: str,
    unique_key: str | None,
    run_at: datetime | None,
) -> Job | None:
    """Insert a queued job; None when an equal one is alive."""
    row = await tx.one(
        """
        INSERT INTO jobs (id, kind, queue, owner_id, payload, unique_key, max_attempts, lease, run_at, announced_at)
        VALUES (%(id)s, %(kind)s, %(queue)s, %(owner_id)s, %(payload)s::jsonb, %(unique_key)s, %(max_attempts)s, %(lease)s,
                COALESCE(%(run_at)s::timestamptz, now()), CASE WHEN %(run_at)s::timestamptz IS NULL THEN now() END)
        ON CONFLICT (kind, unique_key) WHERE state IN ('queued', 'running', 'paused') DO NOTHING
        RETURNING *
        """,
        {
            "id": job_id,
            "kind": kind.name,
            "queue": kind.queue,
            "owner_id": owner_id,
            "payload": json.dumps(payload),
            "unique_key": unique_key,
            "max_attempts": kind.max_attempts,
            "lease": kind.lease,
            "run_at": run_at,
        },
    )
    return None if row is None else from_row(row)


async def ask_again(
    tx: Transaction, kind: str, unique_key: str, *, again: bool
) -> tuple[Job, bool] | None:
    """Return the live job of this key, and whether it was resumed.

    One that runs will once more, without `again` only when it is being cancelled.
    One that waits for others may run at once: there may be something that it can do. One
    that is paused, or about to be, goes on: what is asked for may be more than was paused.
    """
    row = await tx.one(
        """
        UPDATE jobs SET run_again = (state = 'running' AND (%(again)s OR cancel_requested)), pause_requested = false,
            state = CASE state WHEN 'paused' THEN 'queued' ELSE state END,
            resumed_at = CASE WHEN state = 'paused' OR pause_requested THEN now() ELSE resumed_at END,
            run_at = CASE WHEN state = 'paused' THEN now()
                WHEN state = 'queued' AND error_code = %(waiting)s THEN LEAST(run_at, now()) ELSE run_at END
        WHERE kind = %(kind)s AND unique_key = %(unique_key)s AND state IN ('queued', 'running', 'paused')
        RETURNING *, COALESCE(resumed_at = now(), false) AS has_resumed
        """,
        {"kind": kind, "unique_key": unique_key, "again": again, "waiting": JobWaitingError.code},
    )
    return None if row is None else (from_row(row), row["has_resumed"])


async def get(tx: ReadTransaction, job_id: UUID) -> Job | None:
    """Return a job."""
    row = await tx.one("SELECT * FROM jobs WHERE id = %(id)s", {"id": job_id})
    return None if row is None else from_row(row)


async def hold(tx: Transaction, job_id: UUID) -> Job | None:
    """Return a job, and keep it from ending until the transaction does."""
    row = await tx.one("SELECT * FROM jobs WHERE id = %(id)s FOR SHARE", {"id": job_id})
    return None if row is None else from_row(row)


async def hold_claim(tx: Transaction, job_id: UUID, claim_id: UUID) -> bool:
    """Keep an attempt's claim until the transaction ends; False when it is lost."""
    row = await tx.one(
        "SELECT id FROM jobs WHERE id = %(id)s AND claim = %(claim)s FOR SHARE",
        {"id": job_id, "claim": claim_id},
    )
    return row is not None


async def forget(tx: Transaction, ids: Sequence[UUID]) -> int:
    """Delete those of some jobs that have ended; returns how many."""
    return await tx.execute(
        "DELETE FROM jobs WHERE id = ANY(%(ids)s) AND state IN ('succeeded', 'failed', 'cancelled')",
        {"ids": list(ids)},
    )


async def claim(tx: Transaction, job_id: UUID, claim_id: UUID, *, worker: str) -> Job | None:
    """Take a job that is due for one attempt; None when there is nothing to take."""
    row = await tx.one(
        """
        UPDATE jobs SET state = 'running', attempts = attempts + 1, claim = %(claim)s, lease_until = now() + lease,
            worker = %(worker)s, run_again = false, pause_requested = false, started_at = COALESCE(started_at, now())
        WHERE id = %(id)s AND state = 'queued' AND run_at <= now()
        RETURNING *
        """,
        {"id": job_id, "claim": claim_id, "worker": worker},
    )
    return None if row is None else from_row(row)


async def renew(
    tx: Transaction, job_id: UUID, claim_id: UUID, progress: Progress
) -> JobState | None:
    """Renew the lease and keep the progress; returns what the job is to become.

    That is running, unless a cancel or a pause was asked for; None when the claim is lost.
    """
    wanted = await tx.value(
        """
        UPDATE jobs SET lease_until = now() + lease,
            progress_done = %(done)s, progress_total = %(total)s, progress_unit = %(unit)s, progress_message = %(message)s
        WHERE id = %(id)s AND claim = %(claim)s
        RETURNING CASE WHEN cancel_requested THEN 'cancelled' WHEN pause_requested THEN 'paused' ELSE 'running' END
        """,
        {"id": job_id, "claim": claim_id, **_progress(progress)},
    )
    return None if wanted is None else JobState(wanted)


async def finish(
    tx: Transaction,
    job_id: UUID,
    claim_id: UUID,
    state: JobState,
    progress: Progress,
    *,
    failure: JobFailure | None = None,
    result: Payload | None = None,
) -> Job | None:
    """Write how the attempt ended for good and return the job; None when the claim is lost.

    What was asked for again meanwhile goes back to the queue as if it were new, or is paused
    as if it were.
    """
    row = await tx.one(
        """
        UPDATE jobs SET
            state = CASE WHEN run_again AND pause_requested THEN 'paused' WHEN run_again THEN 'queued' ELSE %(state)s END,
            finished_at = CASE WHEN run_again THEN NULL ELSE now() END,
            attempts = CASE WHEN run_again THEN 0 ELSE attempts END,
            started_at = CASE WHEN run_again THEN NULL ELSE started_at END,
            cancel_requested = cancel_requested AND NOT run_again, pause_requested = false,
            run_at = now(), announced_at = now(), claim = NULL, lease_until = NULL,
            progress_done = %(done)s, progress_total = %(total)s, progress_unit = %(unit)s, progress_message = %(message)s,
            error_code = %(code)s, error_detail = %(detail)s, result = %(result)s::jsonb
        WHERE id = %(id)s AND claim = %(claim)s
        RETURNING *
        """,
        {
            "id": job_id,
            "claim": claim_id,
            "state": state,
            "code": failure and failure.code,
            "detail": failure and failure.detail,
            "result": None if result is None else json.dumps(result),
            **_progress(progress),
        },
    )
    return None if row is None else from_row(row)


async def put_back(
    tx: Transaction,
    job_id: UUID,
    claim_id: UUID,
    *,
    delay: timedelta,
    failure: JobFailure | None,
    counts: bool,
) -> JobState | None:
    """Return a claimed job to the queue, or pause it when that was asked for.

    `counts` tells whether the attempt was one of those that a job has. Returns the state
    that it has then, None when the claim is lost.
    """
    state = await tx.value(
        """
        UPDATE jobs SET state = CASE WHEN pause_requested THEN 'paused' ELSE 'queued' END, pause_requested = false, claim = NULL, lease_until = NULL, run_at = now() + %(delay)s,
            announced_at = CASE WHEN %(delay)s <= interval '0' THEN now() END,
            attempts = attempts - CASE WHEN %(counts)s THEN 0 ELSE 1 END,
            error_code = COALESCE(%(code)s, error_code), error_detail = COALESCE(%(detail)s, error_detail)
        WHERE id = %(id)s AND claim = %(claim)s
        RETURNING state
        """,
        {
            "id": job_id,
            "claim": claim_id,
            "delay": delay,
            "counts": counts,
            "code": failure and failure.code,
            "detail": failure and failure.detail,
        },
    )
    return None if state is None else JobState(state)


async def release_expired(tx: Transaction, abandoned: JobFailure) -> list[Job]:
    """End the attempts whose lease ran out, and return their jobs as they are then.

    They are queued again, unless a cancel was asked for or no attempt is left. What was
    asked for again since is queued as if it were new. What was to be paused is, and has not
    used an attempt.
    """
    rows = await tx.all(
        """
        UPDATE jobs SET claim = NULL, lease_until = NULL, run_at = now(), announced_at = NULL,
            state = CASE WHEN pause_requested THEN 'paused' WHEN run_again THEN 'queued' WHEN cancel_requested THEN 'cancelled'
                WHEN attempts >= max_attempts THEN 'failed' ELSE 'queued' END,
            finished_at = CASE WHEN NOT pause_requested AND NOT run_again AND (cancel_requested OR attempts >= max_attempts) THEN now() END,
            attempts = CASE WHEN run_again THEN 0 WHEN pause_requested THEN GREATEST(attempts - 1, 0) ELSE attempts END,
            started_at = CASE WHEN run_again THEN NULL ELSE started_at END,
            cancel_requested = cancel_requested AND NOT run_again, pause_requested = false,
            error_code = %(code)s, error_detail = %(detail)s
        WHERE id IN (SELECT id FROM jobs WHERE state = 'running' AND lease_until < now() LIMIT 1000 FOR UPDATE SKIP LOCKED)
        RETURNING *
        """,
        {"code": abandoned.code, "detail": abandoned.detail},
    )
    return [from_row(row) for row in rows]


async def take_unannounced(
    tx: Transaction, queue: QueueName, *, lost_after: timedelta | None
) -> list[UUID]:
    """Return due jobs whose id the queue has not got, marking them as announced.

    With `lost_after`, also those whose id it got longer ago than that.
    """
    rows = await tx.all(
        """
        UPDATE jobs SET announced_at = now()
        WHERE id IN (
            SELECT id FROM jobs
            WHERE queue = %(queue)s AND state = 'queued' AND run_at <= now()
              AND (announced_at IS NULL OR announced_at < now() - %(lost_after)s::interval)
            ORDER BY run_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
        RETURNING id
        """,
        {"queue": queue, "lost_after": lost_after},
    )
    return [row["id"] for row in rows]


async def due(tx: ReadTransaction, queue: QueueName, *, limit: int) -> list[UUID]:
    """Return the ids of the jobs that may run, those that wait longest first."""
    rows = await tx.all(
        "SELECT id FROM jobs WHERE queue = %(queue)s AND state = 'queued' AND run_at <= now() ORDER BY run_at LIMIT %(limit)s",
        {"queue": queue, "limit": limit},
    )
    return [row["id"] for row in rows]


async def until_next(tx: ReadTransaction) -> timedelta | None:
    """Return how long until a waiting job becomes due or a lease runs out; None without any."""
    return await tx.value(
        """
        SELECT LEAST(
            (SELECT min(run_at) FROM jobs WHERE state = 'queued' AND run_at > now()),
            (SELECT min(lease_until) FROM jobs WHERE state = 'running')
        ) - now()
        """
    )


async def forget_finished(tx: Transaction, *, after: timedelta) -> int:
    """Delete up to a thousand of the jobs that ended longer ago than `after`."""
    return await tx.execute(
        "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE finished_at < now() - %(after)s ORDER BY finished_at LIMIT 1000)",
        {"after": after},
    )


async def count_live(tx: ReadTransaction) -> list[Row]:
    """Return `queue`, `state` and the `number` of jobs that have not ended."""
    return await tx.all(
        """
        SELECT queue, state, count(*) AS number FROM jobs
        WHERE state IN ('queued', 'running', 'paused') GROUP BY queue, state
        """
    )


async def oldest_waits(tx: ReadTransaction) -> list[Row]:
    """Return for each `queue` that has due jobs how long the oldest `waits`, in seconds."""
    return await tx.all(
        """
        SELECT queue, extract(epoch FROM now() - min(run_at))::float8 AS waits
        FROM jobs WHERE state = 'queued' AND run_at <= now() GROUP BY queue
        """
    )


async def count_failed(tx: ReadTransaction, *, within: timedelta) -> int:
    """Return how many jobs failed for good lately."""
    count: int = await tx.value(
        "SELECT count(*) FROM jobs WHERE state = 'failed' AND finished_at > now() - %(within)s",
        {"within": within},
    )
    return count


async def begin_periodic(tx: Transaction, name: str, interval: timedelta) -> bool:
    """Note that a periodic task begins; False when it began less than `interval` ago."""
    touched = await tx.execute(
        """
        INSERT INTO periodic_tasks AS task (name, started_at) VALUES (%(name)s, now())
        ON CONFLICT (name) DO UPDATE SET started_at = now() WHERE task.started_at <= now() - %(interval)s
        """,
        {"name": name, "interval": interval},
    )
    return touched == 1


def from_row(row: Row) -> Job:
    """Return the job that a whole row tells."""
    failed = row["error_code"] is not None
    return Job(
        id=row["id"],
        kind=row["kind"],
        queue=row["queue"],
        owner_id=row["owner_id"],
        payload=row["payload"],
        state=JobState(row["state"]),
        run_at=row["run_at"],
        attempts=row["attempts"],
        max_attempts=row["max_attempts"],
        cancel_requested=row["cancel_requested"],
        progress=Progress(
            row["progress_done"],
            row["progress_total"],
            row["progress_unit"],
            row["progress_message"],
        ),
        error=JobFailure(row["error_code"], row["error_detail"]) if failed else None,
        result=row["result"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        pause_requested=row["pause_requested"],
        resumed_at=row["resumed_at"],
        worker=row["worker"],
    )


def _progress(progress: Progress) -> dict[str, Sequence[str] | str | int | None]:
    return {
        "done": progress.done,
        "total": progress.total,
        "unit": progress.unit,
        "message": progress.message,
    }
