"""What others do with jobs: enqueue, look at, pause, resume, cancel, retry."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from keyshelf.database.failures import UniqueViolationError
from keyshelf.database.transactions import ReadTransaction, Transaction
from keyshelf.jobs import queries
from keyshelf.jobs.endings import NOBODY, Endings
from keyshelf.jobs.finding import queries as finding
from keyshelf.jobs.log import queries as log_queries
from keyshelf.jobs.log.values import LogLine, Note
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.steering import queries as steering
from keyshelf.jobs.values import (
    QUEUES,
    Backlog,
    Job,
    JobEndedError,
    JobKind,
    JobNotFoundError,
    JobNotRetryableError,
    JobPosition,
    JobState,
    Payload,
)

SERVICE = "the service"
"""Who does what nobody asked for."""


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
        again: bool = True,
    ) -> Job:
        """Add a job in the caller's transaction; it can run once that is committed.

        While a job of the same kind and `unique_key` is alive, that one is returned.
        If it is already running, it runs once more when it ends, so that work which
        came after its look at the world is not missed; for the same reason one that is
        paused goes on. Without `again` it runs once more only when it is being cancelled:
        what it finds is the answer to both.
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
            asked = unique_key and await queries.ask_again(tx, kind.name, unique_key, again=again)
            if asked:
                alive, has_resumed = asked
                if has_resumed:
                    note = Note.of(f"resumed: {owner_id} asked for the same")
                    await log_queries.note(tx, alive.id, note)
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

    async def newest_of_repositories(
        self,
        tx: ReadTransaction,
        kind: JobKind,
        repositories: Sequence[str],
        *,
        state: JobState | None = None,
    ) -> Mapping[str, Job]:
        """Return the newest job of a kind for each `repository` that a payload has."""
        found = await finding.newest_of_repositories(tx, kind.name, repositories, state=state)
        return {str(job.payload["repository"]): job for job in found}

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
                numbers.get((queue, JobState.PAUSED), 0),
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

    async def log(self, tx: ReadTransaction, job_id: UUID, *, after: int = 0) -> Sequence[LogLine]:
        """Return the lines of a job's log that have larger numbers, the oldest first.

        At most `log.values.MAX_LINES` are kept; that a job was queued, by its owner, is not
        one of them.
        """
        return await log_queries.lines(tx, job_id, after=after)

    async def pause(
        self, tx: Transaction, job_id: UUID, *, owner_id: str | None = None, by: str = SERVICE
    ) -> Job:
        """Have a job wait until it is resumed, or the same is asked for again.

        One that runs stops at its next safe place, which costs it no attempt; twice is the
        same as once. Raises `JobNotFoundError` or `JobEndedError`.
        """
        job = _steered(await steering.lock(tx, job_id), job_id, owner_id)
        if JobState.PAUSED in (job.state, job.stopping):
            return job
        paused = _owned(await steering.pause(tx, job_id), job_id, None)
        asked = f"{by} asked for a pause" if paused.stopping else f"paused by {by}"
        await log_queries.note(tx, job_id, Note.of(asked))
        return paused

    async def resume(
        self, tx: Transaction, job_id: UUID, *, owner_id: str | None = None, by: str = SERVICE
    ) -> Job:
        """Let a paused job go on; one that is not paused, nor about to be, stays as it is.

        Raises `JobNotFoundError` or `JobEndedError`.
        """
        job = _steered(await steering.lock(tx, job_id), job_id, owner_id)
        if JobState.PAUSED not in (job.state, job.stopping):
            return job
        resumed = _owned(await steering.resume(tx, job_id), job_id, None)
        if resumed.state is JobState.QUEUED:
            await self._queue.announce(tx, resumed.queue, [job_id])
        await log_queries.note(tx, job_id, Note.of(f"resumed by {by}"))
        return resumed

    async def cancel(
        self, tx: Transaction, job_id: UUID, *, owner_id: str | None = None, by: str = SERVICE
    ) -> Job:
        """End a job that waits or is paused at once, and ask a running one to end.

        A final one stays as it is. Raises `JobNotFoundError`.
        """
        before = _owned(await steering.lock(tx, job_id), job_id, owner_id)
        if before.state.is_final:
            return before
        job = _owned(await steering.cancel(tx, job_id), job_id, None)
        if before.stopping is not JobState.CANCELLED:
            asked = f"{by} asked to cancel" if job.stopping else f"cancelled by {by}"
            await log_queries.note(tx, job_id, Note.of(asked))
        await self._endings.note(tx, job)
        return job

    async def retry(
        self, tx: Transaction, job_id: UUID, *, owner_id: str | None = None, by: str = SERVICE
    ) -> Job:
        """Queue a failed, cancelled or paused job again, with all its attempts before it.

        Raises `JobNotFoundError` or `JobNotRetryableError`.
        """
        job = await self.get(tx, job_id, owner_id=owner_id)
        try:
            async with tx.savepoint():
                queued = await steering.requeue(tx, job_id)
        except UniqueViolationError as error:
            raise JobNotRetryableError("an equal job waits, runs or is paused") from error
        if queued is None:
            raise JobNotRetryableError(f"the job is {job.state}", state=job.state)
        await log_queries.note(tx, job_id, Note.of(f"queued again by {by}"))
        await self._queue.announce(tx, queued.queue, [job_id])
        return queued


def _steered(job: Job | None, job_id: UUID, owner_id: str | None) -> Job:
    job = _owned(job, job_id, owner_id)
    if job.state.is_final:
        raise JobEndedError(f"the job has ended, it is {job.state}", state=job.state)
    if job.cancel_requested:
        raise JobEndedError("the job is being cancelled", state=job.state)
    return job


def _owned(job: Job | None, job_id: UUID, owner_id: str | None) -> Job:
    if job is None or (owner_id is not None and job.owner_id != owner_id):
        raise JobNotFoundError("there is no such job", job_id=str(job_id))
    return job
