"""Making up for what was lost: dead workers, ids that the queue forgot, times that came."""

from dataclasses import dataclass
from datetime import timedelta

import anyio

from keyshelf.database.pool import Database
from keyshelf.errors import Error
from keyshelf.jobs import queries
from keyshelf.jobs.endings import NOBODY, Endings
from keyshelf.jobs.log import queries as log_queries
from keyshelf.jobs.log.values import Level, Note
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.values import (
    QUEUES,
    Job,
    JobAbandonedError,
    JobFailure,
    JobState,
    QueueName,
)
from keyshelf.telemetry import Metrics, get_logger

_log = get_logger(__name__)

_SHORTEST_PAUSE = 0.05  # seconds
_ABANDONED = JobFailure(JobAbandonedError.code, "the worker died or lost the database")


@dataclass(frozen=True, slots=True)
class SweeperOptions:
    """How often what is looked after."""

    interval: timedelta = timedelta(seconds=2)
    """The longest pause between two sweeps."""
    lost_after: timedelta = timedelta(seconds=5)
    """A job that waits for so long while the queue is empty was lost by the queue."""
    keep_finished: timedelta = timedelta(days=14)
    """How long jobs that ended are kept."""


class Sweeper:
    """Brings every job that can run to a worker. Any number may sweep at once."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        metrics: Metrics,
        options: SweeperOptions | None = None,
        *,
        endings: Endings = NOBODY,
    ) -> None:
        self._database = database
        self._queue = queue
        self._metrics = metrics
        self._options = options or SweeperOptions()
        self._endings = endings

    async def run(self) -> None:
        """Sweep until cancelled; what does not answer is asked again in the next sweep."""
        while True:
            try:
                await self.sweep()
                pause = await self._pause()
            except Error as error:
                _log.warning("sweep of jobs failed", code=error.code, error=error.detail)
                pause = self._options.interval.total_seconds()
            await anyio.sleep(pause)

    async def sweep(self) -> None:
        """Sweep once."""
        async with self._database.transaction() as tx:
            released = await queries.release_expired(tx, _ABANDONED)
            for job in released:
                await log_queries.note(tx, job.id, _told(job))
                await self._endings.note(tx, job)
            await queries.forget_finished(tx, after=self._options.keep_finished)
        for job in released:
            log = _log.error if job.state is JobState.FAILED else _log.warning
            log("job lease ran out", job_id=str(job.id), job_kind=job.kind, state=job.state)
        await self._measure()
        for queue in QUEUES:
            await self._announce(queue)

    async def _announce(self, queue: QueueName) -> None:
        lost = await self._queue.has_lost_everything(queue)
        lost_after = self._options.lost_after if lost else None
        async with self._database.transaction() as tx:
            ids = await queries.take_unannounced(tx, queue, lost_after=lost_after)
            await self._queue.announce(tx, queue, ids)

    async def _measure(self) -> None:
        async with self._database.read() as tx:
            counts = await queries.count_live(tx)
            waits = await queries.oldest_waits(tx)
        numbers = {(row["queue"], row["state"]): row["number"] for row in counts}
        oldest = {row["queue"]: row["waits"] for row in waits}
        for queue in QUEUES:
            self._metrics.oldest_job.labels(queue).set(oldest.get(queue, 0))
            for state in (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED):
                self._metrics.jobs.labels(queue, state).set(numbers.get((queue, state), 0))

    async def _pause(self) -> float:
        async with self._database.read() as tx:
            until_next = await queries.until_next(tx)
        pause = min(self._options.interval, until_next or self._options.interval)
        return max(_SHORTEST_PAUSE, pause.total_seconds())


def _told(job: Job) -> Note:
    level = Level.ERROR if job.state is JobState.FAILED else Level.WARNING
    text = f"{job.worker} gave no more sign of life: {job.state}"
    return Note.of(text, level=level, code=_ABANDONED.code, detail=_ABANDONED.detail)
