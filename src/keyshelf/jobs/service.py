"""What others do with jobs: enqueue, look at, cancel, retry."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from keyshelf.database.failures import UniqueViolationError
from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.jobs import queries
from keyshelf.jobs.endings import NOBODY, Endings
from keyshelf.jobs.finding import queries as finding
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.values import (
    QUEUES,
    Backlog,
    Job,
    JobKind,
    JobNotFoundError,
    JobNotRetryableError,
    JobPosition,
    JobState,
    Payload,
)


class Jobs:
    """Jobs, for whoever needs some done. Nothing here commits or runs anything.

    `owner_id=None` means everybody's: a job of another owner is not found otherwise.
    """

    def __init__(
        self, queue: Queue, *, endings: Endings = NOBODY, new_id: Callable[[], UUID] = uuid4
    ) -> None:
        self._queue = queue
        self._endings = endings
        self._new_id = new_id

    async def enqueue(
        self,
        tx: Transaction,
        kind: JobKind,
        payload: Payload,
        *,
        owner_id: str,
        unique_key: str | None = None,
        run_at: datetime | None = None,
    ) -> Job:
        """Add a job in the caller's transaction; it can run once that is committed.

        While a job of the same kind and `unique_key` is alive, that one is returned.
        If it is already running, it runs once more when it ends, so that work which
        came after its look at the world is not missed.
        """
        while True:
            job = await queries.insert(
                tx,
                self._new_id(),
                kind,
                payload,
                owner_id=owner_id,
                unique_key=unique_key,
                run_at=run_at,
            )
            if job is not None:
                if run_at is None:
                    await self._queue.announce(tx, kind.queue, [job.id])
                return job
            alive = unique_key and await queries.ask_again(tx, kind.name, unique_key)
            if alive:
                if alive.state is JobState.QUEUED:
                    await self._queue.announce(tx, kind.queue, [alive.id])
                return alive
            # The equal job ended between the two statements: insert again.

    async def get(self, tx: ReadTransaction, job_id: UUID, *, owner_id: str | None = None) -> Job:
        """Return a job; raises `JobNotFoundError`."""
        return _owned(await queries.get(tx, job_id), job_id, owner_id)

    async def hold(self, tx: Transaction, job_id: UUID) -> Job:
        """Return a job as it is, and keep it so until the transaction ends.

        Raises `JobNotFoundError`.
        """
        return _owned(await queries.hold(tx, job_id), job_id, None)

    async def list(
        self,
        tx: ReadTransaction,
        *,
        owner_id: str | None = None,
        state: JobState | None = None,
        kind: str | None = None,
        media_hash: str | None = None,
        background: bool = True,
        after: JobPosition | None = None,
        limit: int = 100,
    ) -> Sequence[Job]:
        """Return jobs, newest first; `media_hash` picks those whose payload has that `hash`.

        Without `background` those are left out that nobody asked for, unless they failed.
        """
        return await finding.newest(
            tx,
            owner_id=owner_id,
            state=state,
            kind=kind,
            media_hash=media_hash,
            background=background,
            after=after,
            limit=limit,
        )

    async def of_hash(self, tx: ReadTransaction, media_hash: str) -> Sequence[Job]:
        """Return all jobs whose payload has this `hash`, oldest first."""
        return await finding.of_hash(tx, media_hash)

    async def of_fingerprint(self, tx: ReadTransaction, fingerprint: str) -> Job | None:
        """Return the newest job with this `fingerprint` in its payload that lives or succeeded."""
        return await finding.of_fingerprint(tx, fingerprint)

    async def backlog(self, tx: ReadTransaction) -> Sequence[Backlog]:
        """Return how much waits in each queue."""
        counts = await queries.count_live(tx)
        numbers = {(row["queue"], row["state"]): row["number"] for row in counts}
        oldest = {row["queue"]: row["waits"] for row in await queries.oldest_waits(tx)}
        return [
            Backlog(
                queue,
                numbers.get((queue, JobState.QUEUED), 0),
                numbers.get((queue, JobState.RUNNING), 0),
                oldest.get(queue, 0.0),
            )
            for queue in QUEUES
        ]

    async def failed(self, tx: ReadTransaction, *, within: timedelta) -> int:
        """Return how many jobs failed for good lately."""
        return await queries.count_failed(tx, within=within)

    async def forget(self, tx: Transaction, ids: Sequence[UUID]) -> int:
        """Delete jobs that have ended, and return how many; those that go on stay."""
        return await queries.forget(tx, ids)

    async def cancel(self, tx: Transaction, job_id: UUID, *, owner_id: str | None = None) -> Job:
        """End a queued job at once and ask a running one to end; a final one stays as it is."""
        before = await self.get(tx, job_id, owner_id=owner_id)
        job = _owned(await queries.cancel(tx, job_id), job_id, owner_id)
        if not before.state.is_final:
            await self._endings.note(tx, job)
        return job

    async def retry(self, tx: Transaction, job_id: UUID, *, owner_id: str | None = None) -> Job:
        """Queue a failed or cancelled job again, with all its attempts before it.

        Raises `JobNotFoundError` or `JobNotRetryableError`.
        """
        job = await self.get(tx, job_id, owner_id=owner_id)
        try:
            async with tx.savepoint():
                queued = await queries.requeue_final(tx, job_id)
        except UniqueViolationError as error:
            raise JobNotRetryableError("an equal job is queued or running") from error
        if queued is None:
            raise JobNotRetryableError(f"the job is {job.state}", state=job.state)
        await self._queue.announce(tx, queued.queue, [job_id])
        return queued


def _owned(job: Job | None, job_id: UUID, owner_id: str | None) -> Job:
    if job is None or (owner_id is not None and job.owner_id != owner_id):
        raise JobNotFoundError("there is no such job", job_id=str(job_id))
    return job
