"""What a handler knows of its job, and how it tells its progress."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import anyio

from keyshelf.database.pool import Database
from keyshelf.database.transactions import Transaction
from keyshelf.errors import UnavailableError
from keyshelf.jobs import queries
from keyshelf.jobs.values import JobCancelledError, LostClaimError, Progress, Unit
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)


@dataclass(slots=True)
class Lease:
    """An attempt's hold on its job. Renewing it writes the progress and hears of a cancel."""

    database: Database
    job_id: UUID
    claim_id: UUID
    duration: timedelta
    progress: Progress = field(default_factory=Progress)
    cancel_requested: bool = False
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
            async with self.database.transaction() as tx:
                answer = await queries.renew(tx, self.job_id, self.claim_id, self.progress)
        except UnavailableError as error:
            if self.age >= self.duration:
                raise LostClaimError("the lease ran out") from error
            _log.warning("lease not renewed", job_id=str(self.job_id), error=error.detail)
            return
        if answer is None:
            raise LostClaimError("somebody else may run the job")
        self.cancel_requested = answer
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

        Raises `JobCancelledError` when somebody asked to cancel the job: the place to
        call it is where stopping leaves nothing half done.
        """
        self._lease.progress = Progress(done, total, unit, message)
        if self._lease.age >= self._interval:
            await self._lease.renew()
        self.raise_if_cancelled()

    async def hold(self, tx: Transaction) -> None:
        """Keep the job this attempt's until the transaction ends. Raises `LostClaimError`."""
        if not await queries.hold_claim(tx, self.job_id, self._lease.claim_id):
            raise LostClaimError("somebody else may run the job")

    def raise_if_cancelled(self) -> None:
        """Raise `JobCancelledError` when somebody asked to cancel the job, as far as is known."""
        if self._lease.cancel_requested:
            raise JobCancelledError("the job was cancelled", job_id=str(self.job_id))
