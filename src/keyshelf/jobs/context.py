"""What a handler knows of its job, and how it tells its progress."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import anyio

from keyshelf.database.pool import Database
from keyshelf.database.transactions import Transaction
from keyshelf.errors import UnavailableError
from keyshelf.jobs import queries
from keyshelf.jobs.log import queries as log_queries
from keyshelf.jobs.log.attempt import AttemptLog
from keyshelf.jobs.log.values import Level, Note
from keyshelf.jobs.values import (
    JobCancelledError,
    JobFailure,
    JobPausedError,
    JobState,
    LostClaimError,
    Progress,
    Unit,
)
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)


@dataclass(slots=True)
class Lease:
    """An attempt's hold on its job.

    Renewing it writes the progress and the log, and hears of a cancel or a pause.
    """

    database: Database
    job_id: UUID
    claim_id: UUID
    duration: timedelta
    progress: Progress = field(default_factory=Progress)
    wanted: JobState = JobState.RUNNING
    """What the job is to become: somebody may have asked for it to be cancelled, or paused."""
    log: AttemptLog = field(default_factory=AttemptLog)
    _renewed_at: float = field(default_factory=anyio.current_time)

    @property
    def age(self) -> timedelta:
        """How long ago it was renewed."""
        return timedelta(seconds=anyio.current_time() - self._renewed_at)

    async def renew(self) -> None:
        """Renew; raises `LostClaimError` when the job is no longer ours.

        While the database is away the lease counts as held until it runs out.
        """
        began = anyio.current_time()
        try:
            with self.log.writing() as told:
                async with self.database.transaction() as tx:
                    wanted = await queries.renew(tx, self.job_id, self.claim_id, self.progress)
                    if wanted is not None:
                        await log_queries.append(tx, self.job_id, told)
        except UnavailableError as error:
            if self.age >= self.duration:
                raise LostClaimError("the lease ran out") from error
            _log.warning("lease not renewed", job_id=str(self.job_id), error=error.detail)
            return
        if wanted is None:
            raise LostClaimError("somebody else may run the job")
        self.wanted = wanted
        self._renewed_at = began


class JobContext:
    """One attempt at a job, as its handler sees it."""

    def __init__(
        self, lease: Lease, *, attempt: int, owner_id: str, progress_interval: timedelta
    ) -> None:
        self.job_id = lease.job_id
        self.attempt = attempt
        self.owner_id = owner_id
        self._lease = lease
        self._interval = progress_interval

    async def progress(
        self, done: int, total: int | None, unit: Unit, message: str | None = None
    ) -> None:
        """Tell how far the job has come. Call it often: it is cheap, and writes rarely.

        The message names a stage, and the log tells when it changes. Raises
        `JobCancelledError` or `JobPausedError` when somebody asked for that: the place to
        call it is where stopping leaves nothing half done.
        """
        self._lease.log.enter(message)
        self._lease.progress = Progress(done, total, unit, message)
        if self._lease.age >= self._interval:
            await self._lease.renew()
        self.raise_if_stopped()

    def tell(
        self, text: str, *, level: Level = Level.INFO, failure: JobFailure | None = None
    ) -> None:
        """Add a line to the job's log: something that an operator wants to know of it.

        It is written with the progress. What a failure says may name what the job found,
        `text` must not.
        """
        code, detail = (failure.code, failure.detail) if failure else (None, None)
        self._lease.log.tell(Note.of(text, level=level, code=code, detail=detail))

    async def hold(self, tx: Transaction) -> None:
        """Keep the job this attempt's until the transaction ends. Raises `LostClaimError`."""
        if not await queries.hold_claim(tx, self.job_id, self._lease.claim_id):
            raise LostClaimError("somebody else may run the job")

    def raise_if_stopped(self) -> None:
        """Raise when somebody asked to cancel or to pause the job, as far as is known."""
        if self._lease.wanted is JobState.CANCELLED:
            raise JobCancelledError("the job was cancelled", job_id=str(self.job_id))
        if self._lease.wanted is JobState.PAUSED:
            raise JobPausedError("the job was paused", job_id=str(self.job_id))
