"""One attempt at a job: heartbeat, handler, and writing down what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import anyio

from keyshelf.database.pool import Database
from keyshelf.database.transactions import Transaction
from keyshelf.errors import UnavailableError
from keyshelf.jobs import outcomes, queries
from keyshelf.jobs.backoff import Backoff
from keyshelf.jobs.context import JobContext, Lease
from keyshelf.jobs.endings import Endings
from keyshelf.jobs.log import queries as log_queries
from keyshelf.jobs.log.values import Note
from keyshelf.jobs.outcomes import (
    Cancelled,
    Failed,
    HandedBack,
    Lost,
    Outcome,
    Paused,
    Succeeded,
    Waiting,
)
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.registry import Registration
from keyshelf.jobs.values import (
    Job,
    JobFailure,
    JobState,
    JobTimeoutError,
    LostClaimError,
    Payload,
)
from keyshelf.telemetry import Metrics, get_logger

_log = get_logger(__name__)

_WRITE_AGAIN_AFTER = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class AttemptOptions:
    """How attempts are run."""

    heartbeat: timedelta = timedelta(seconds=3)
    """How often an attempt shows life and hears of a cancel; a third of the lease if less."""
    progress_interval: timedelta = timedelta(seconds=0.5)
    """Progress is written at most so often."""
    backoff: Backoff = field(default_factory=Backoff)
    """How long a failed attempt waits for the next."""


class Attempts:
    """Runs attempts at claimed jobs."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        metrics: Metrics,
        options: AttemptOptions,
        *,
        endings: Endings,
        chance: Callable[[], float],
    ) -> None:
        self._database = database
        self._queue = queue
        self._metrics = metrics
        self._endings = endings
        self._options = options
        self._chance = chance

    async def run(self, registration: Registration, job: Job, claim_id: UUID) -> None:
        """Run the handler once and write the outcome into the row.

        Cancelled from outside, it hands the job back uncounted. If the database stays
        away until the lease has run out, nothing is written and the sweeper decides.
        """
        lease = Lease(self._database, job.id, claim_id, registration.kind.lease)
        lease.log.tell(Note.of(f"attempt {job.attempts}, by {job.worker}"))
        began = anyio.current_time()
        outcome: Outcome = HandedBack()
        try:
            outcome = await self._work(registration, job, lease)
        finally:
            with anyio.CancelScope(shield=True):
                await self._settle(job, lease, outcome)
            seconds = anyio.current_time() - began
            self._metrics.job_duration.labels(job.kind).observe(seconds)
            _log.info("job attempt ended", outcome=_name(outcome), seconds=round(seconds, 3))

    async def _work(self, registration: Registration, job: Job, lease: Lease) -> Outcome:
        outcome: Outcome = Lost()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_alive, lease, tasks.cancel_scope)
            outcome = await self._handle(registration, job, lease)
            tasks.cancel_scope.cancel()
        return outcome

    async def _handle(self, registration: Registration, job: Job, lease: Lease) -> Outcome:
        context = JobContext(
            lease,
            attempt=job.attempts,
            owner_id=job.owner_id,
            progress_interval=self._options.progress_interval,
        )
        limit = registration.kind.timeout
        try:
            with anyio.move_on_after(limit.total_seconds()):
                return Succeeded(await registration.handler(context, job.payload))
        except Exception as error:  # noqa: BLE001 -- whatever a handler raises is told by its row
            return outcomes.outcome_of(error, may_wait=_waited(job) < registration.kind.patience)
        return Failed(JobFailure(JobTimeoutError.code, f"took longer than {limit}"))

    async def _keep_alive(self, lease: Lease, work: anyio.CancelScope) -> None:
        pause = min(self._options.heartbeat, lease.duration / 3).total_seconds()
        while True:
            await anyio.sleep(pause)
            try:
                await lease.renew()
            except LostClaimError as error:
                _log.warning("job attempt given up", reason=error.detail)
                work.cancel()

    async def _settle(self, job: Job, lease: Lease, outcome: Outcome) -> None:
        lease.log.enter(None)
        while True:
            try:
                async with self._database.transaction() as tx:
                    state = await self._write(tx, job, lease, outcome)
                    if state is not None:
                        await self._tell(tx, job, lease, outcome, state)
            except UnavailableError as error:
                # A stopping worker does not wait for the database: the lease runs out.
                if isinstance(outcome, HandedBack) or lease.age >= lease.duration:
                    _log.warning("job outcome not written", error=error.detail)
                    return
                await anyio.sleep(_WRITE_AGAIN_AFTER)
                continue
            if state is None:
                _log.warning("job outcome dropped, the claim was lost", outcome=_name(outcome))
            return

    async def _tell(
        self, tx: Transaction, job: Job, lease: Lease, outcome: Outcome, state: JobState
    ) -> None:
        if not outcomes.is_repeated(outcome, job):
            last = outcomes.told(outcome, job, state)
            await log_queries.append(tx, job.id, [*lease.log.waiting(), (last, 0)])

    async def _write(
        self, tx: Transaction, job: Job, lease: Lease, outcome: Outcome
    ) -> JobState | None:
        """Return the state of the job then; None, writing nothing, when the claim is lost."""
        match outcome:
            case Succeeded(result):
                return await self._finish(tx, job, lease, JobState.SUCCEEDED, result=result)
            case Cancelled():
                return await self._finish(tx, job, lease, JobState.CANCELLED)
            case Failed(failure, is_final) if is_final or job.attempts >= job.max_attempts:
                return await self._finish(tx, job, lease, JobState.FAILED, failure=failure)
            case Failed() | Waiting() | HandedBack() | Paused():
                return await self._put_back(tx, job, lease, outcome)
            case Lost():
                return None

    async def _put_back(
        self,
        tx: Transaction,
        job: Job,
        lease: Lease,
        outcome: Failed | Waiting | HandedBack | Paused,
    ) -> JobState | None:
        failure, delay = None, timedelta(0)
        match outcome:
            case Failed(failure):
                delay = self._options.backoff.delay(job.attempts, chance=self._chance())
            case Waiting(failure, delay):
                pass
            case HandedBack() | Paused():
                pass
        counts = isinstance(outcome, Failed)
        state = await queries.put_back(
            tx, job.id, lease.claim_id, delay=delay, failure=failure, counts=counts
        )
        if state is JobState.QUEUED and not delay:
            await self._queue.announce(tx, job.queue, [job.id])
        return state

    async def _finish(
        self,
        tx: Transaction,
        job: Job,
        lease: Lease,
        state: JobState,
        *,
        failure: JobFailure | None = None,
        result: Payload | None = None,
    ) -> JobState | None:
        written = await queries.finish(
            tx, job.id, lease.claim_id, state, lease.progress, failure=failure, result=result
        )
        if written is None:
            return None
        if written.state is JobState.QUEUED:
            await self._queue.announce(tx, job.queue, [job.id])
        await self._endings.note(tx, written)

        async def count() -> None:
            self._metrics.ended_jobs.labels(job.kind, state).inc()

        tx.on_commit(count)
        return written.state


def _waited(job: Job) -> timedelta:
    # When it was due minus when it first ran, or was resumed: all are times of the database.
    began = max(filter(None, (job.started_at, job.resumed_at)), default=job.run_at)
    return job.run_at - began


def _name(outcome: Outcome) -> str:
    return type(outcome).__name__.lower()
