"""One attempt at a job: heartbeat, handler, and writing down what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import anyio

from keyshelf.database.pool import Database
from keyshelf.database.transactions import Transaction
from keyshelf.errors import (
    Error,
    IntegrityError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
    unwrapped,
)
from keyshelf.jobs import queries
from keyshelf.jobs.backoff import Backoff
from keyshelf.jobs.context import JobContext, Lease
from keyshelf.jobs.endings import Endings
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.registry import Registration
from keyshelf.jobs.values import (
    Job,
    JobCancelledError,
    JobFailure,
    JobState,
    JobTimeoutError,
    JobWaitingError,
    LostClaimError,
    Payload,
)
from keyshelf.store.errors import NeedsRestoreError
from keyshelf.telemetry import Metrics, get_logger

_log = get_logger(__name__)

_FINAL = (InvalidInputError, NotFoundError, IntegrityError, JobWaitingError, NeedsRestoreError)
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


@dataclass(frozen=True, slots=True)
class _Succeeded:
    result: Payload | None


@dataclass(frozen=True, slots=True)
class _Failed:
    failure: JobFailure
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class _Waiting:
    failure: JobFailure
    again_after: timedelta


@dataclass(frozen=True, slots=True)
class _Cancelled:
    pass


@dataclass(frozen=True, slots=True)
class _HandedBack:
    pass


@dataclass(frozen=True, slots=True)
class _Lost:
    pass


_Outcome = _Succeeded | _Failed | _Waiting | _Cancelled | _HandedBack | _Lost


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
        began = anyio.current_time()
        outcome: _Outcome = _HandedBack()
        try:
            outcome = await self._work(registration, job, lease)
        finally:
            with anyio.CancelScope(shield=True):
                await self._settle(job, lease, outcome)
            seconds = anyio.current_time() - began
            self._metrics.job_duration.labels(job.kind).observe(seconds)
            _log.info("job attempt ended", outcome=_name(outcome), seconds=round(seconds, 3))

    async def _work(self, registration: Registration, job: Job, lease: Lease) -> _Outcome:
        outcome: _Outcome = _Lost()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_alive, lease, tasks.cancel_scope)
            outcome = await self._handle(registration, job, lease)
            tasks.cancel_scope.cancel()
        return outcome

    async def _handle(self, registration: Registration, job: Job, lease: Lease) -> _Outcome:
        context = JobContext(
            lease,
            attempt=job.attempts,
            owner_id=job.owner_id,
            progress_interval=self._options.progress_interval,
        )
        limit = registration.kind.timeout
        try:
            with anyio.move_on_after(limit.total_seconds()):
                return _Succeeded(await registration.handler(context, job.payload))
        except Exception as error:  # noqa: BLE001 -- whatever a handler raises is told by its row
            return _outcome_of(error, may_wait=_waited(job) < registration.kind.patience)
        return _Failed(JobFailure(JobTimeoutError.code, f"took longer than {limit}"))

    async def _keep_alive(self, lease: Lease, work: anyio.CancelScope) -> None:
        pause = min(self._options.heartbeat, lease.duration / 3).total_seconds()
        while True:
            await anyio.sleep(pause)
            try:
                await lease.renew()
            except LostClaimError as error:
                _log.warning("job attempt given up", reason=error.detail)
                work.cancel()

    async def _settle(self, job: Job, lease: Lease, outcome: _Outcome) -> None:
        while True:
            try:
                async with self._database.transaction() as tx:
                    written = await self._write(tx, job, lease, outcome)
            except UnavailableError as error:
                # A stopping worker does not wait for the database: the lease runs out.
                if isinstance(outcome, _HandedBack) or lease.age >= lease.duration:
                    _log.warning("job outcome not written", error=error.detail)
                    return
                await anyio.sleep(_WRITE_AGAIN_AFTER)
                continue
            if not written:
                _log.warning("job outcome dropped, the claim was lost", outcome=_name(outcome))
            return

    async def _write(self, tx: Transaction, job: Job, lease: Lease, outcome: _Outcome) -> bool:
        match outcome:
            case _Succeeded(result):
                return await self._finish(tx, job, lease, JobState.SUCCEEDED, result=result)
            case _Cancelled():
                return await self._finish(tx, job, lease, JobState.CANCELLED)
            case _Failed(failure, is_final) if is_final or job.attempts >= job.max_attempts:
                return await self._finish(tx, job, lease, JobState.FAILED, failure=failure)
            case _Failed(failure) | _Waiting(failure):
                counts = isinstance(outcome, _Failed)
                delay = self._backoff(job) if counts else outcome.again_after
                return await queries.put_back(
                    tx, job.id, lease.claim_id, delay=delay, failure=failure, counts=counts
                )
            case _HandedBack():
                await self._queue.announce(tx, job.queue, [job.id])
                return await queries.put_back(
                    tx, job.id, lease.claim_id, delay=timedelta(0), failure=None, counts=False
                )
            case _Lost():
                return False

    def _backoff(self, job: Job) -> timedelta:
        return self._options.backoff.delay(job.attempts, chance=self._chance())

    async def _finish(
        self,
        tx: Transaction,
        job: Job,
        lease: Lease,
        state: JobState,
        *,
        failure: JobFailure | None = None,
        result: Payload | None = None,
    ) -> bool:
        written = await queries.finish(
            tx, job.id, lease.claim_id, state, lease.progress, failure=failure, result=result
        )
        if written is None:
            return False
        if written.state is JobState.QUEUED:
            await self._queue.announce(tx, job.queue, [job.id])
        await self._endings.note(tx, written)

        async def count() -> None:
            self._metrics.ended_jobs.labels(job.kind, state).inc()

        tx.on_commit(count)
        return True


def _waited(job: Job) -> timedelta:
    # When it was due minus when it first ran: both are times of the database.
    return job.run_at - (job.started_at or job.run_at)


def _outcome_of(raised: Exception, *, may_wait: bool) -> _Outcome:
    match error := unwrapped(raised):
        case JobWaitingError() if may_wait:
            return _Waiting(JobFailure(error.code, error.detail), error.again_after)
        case JobCancelledError():
            return _Cancelled()
        case LostClaimError():
            return _Lost()
        case Error():
            _log.warning("job attempt failed", code=error.code, error=error.detail)
            return _Failed(JobFailure(error.code, error.detail), isinstance(error, _FINAL))
        case _:
            _log.error("job attempt failed unexpectedly", exc_info=error)
            detail = f"unexpected {type(error).__name__}; the log tells more"
            return _Failed(JobFailure("internal", detail))


def _name(outcome: _Outcome) -> str:
    return type(outcome).__name__.removeprefix("_").lower()
