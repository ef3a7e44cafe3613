"""The worker: takes ids from the queue, runs their jobs, sweeps, and does periodic tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import anyio

from keyshelf.database.pool import Database
from keyshelf.errors import Error, InvalidInputError
from keyshelf.jobs import queries
from keyshelf.jobs.periodic import PeriodicTask
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.runner import Runner
from keyshelf.jobs.sweeper import Sweeper
from keyshelf.jobs.values import QueueName
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_PAUSE_AFTER_FAILURE = 1.0  # seconds
_SHORTEST_LOOK = timedelta(seconds=1)


def _default_concurrency() -> Mapping[QueueName, int]:
    return {"small": 8, "reading": 2, "large": 2}


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How much a worker does at once, and how it stops."""

    concurrency: Mapping[QueueName, int] = field(default_factory=_default_concurrency)
    """Jobs at once, for each queue."""
    grace: timedelta = timedelta(seconds=10)
    """A stopping worker waits so long for its jobs, then hands them back."""

    def __post_init__(self) -> None:
        if min(self.concurrency.values(), default=0) < 1:
            raise InvalidInputError("a worker does at least one job of a queue at once")


class Worker:
    """Runs jobs until it is stopped. Whatever goes away meanwhile may come back."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        runner: Runner,
        sweeper: Sweeper,
        *,
        periodic: Sequence[PeriodicTask] = (),
        options: WorkerOptions | None = None,
    ) -> None:
        self._database = database
        self._queue = queue
        self._runner = runner
        self._sweeper = sweeper
        self._periodic = periodic
        self._options = options or WorkerOptions()
        self._stopping = anyio.Event()
        self._receiving: set[anyio.CancelScope] = set()

    async def run(self) -> None:
        """Work until `stop`; then finish what runs, or hand it back when the grace is over.

        Being cancelled hands everything back at once. Being killed does as well, when
        the leases have run out.
        """
        async with anyio.create_task_group() as background:
            background.start_soon(self._sweeper.run, name="jobs: sweep")
            for task in self._periodic:
                background.start_soon(self._repeat, task, name=f"periodic: {task.name}")
            async with anyio.create_task_group() as consumers:
                for queue, number in self._options.concurrency.items():
                    for _ in range(number):
                        consumers.start_soon(self._consume, queue, name=f"jobs: {queue}")
                await self._stopping.wait()
                for scope in tuple(self._receiving):
                    scope.cancel()
                grace = self._options.grace.total_seconds()
                consumers.cancel_scope.deadline = anyio.current_time() + grace
            background.cancel_scope.cancel()

    def stop(self) -> None:
        """Ask `run` to end. Twice is the same as once."""
        self._stopping.set()

    async def _consume(self, queue: QueueName) -> None:
        while not self._stopping.is_set():
            try:
                job_id = await self._receive(queue)
                if job_id is not None:
                    await self._runner.run(job_id)
            except Error as error:
                # The carrier or the database is away: its jobs wait in their rows.
                _log.warning("worker waits", queue=queue, code=error.code, error=error.detail)
                await self._wait(_PAUSE_AFTER_FAILURE)

    async def _receive(self, queue: QueueName) -> UUID | None:
        # Only the waiting ends when the worker stops, not the job that came of it.
        with anyio.CancelScope() as scope:
            self._receiving.add(scope)
            try:
                return await self._queue.receive(queue)
            finally:
                self._receiving.discard(scope)
        return None

    async def _repeat(self, task: PeriodicTask) -> None:
        while True:
            try:
                async with self._database.transaction() as tx:
                    is_turn = await queries.begin_periodic(tx, task.name, task.interval)
                if is_turn:
                    await task.run()
            except Error as error:
                _log.warning(
                    "periodic task waits", task=task.name, code=error.code, error=error.detail
                )
            except Exception:  # noqa: BLE001 -- whatever a task raises, its next turn comes
                _log.exception("periodic task failed", task=task.name)
            await anyio.sleep(max(_SHORTEST_LOOK, task.interval / 10).total_seconds())

    async def _wait(self, seconds: float) -> None:
        with anyio.move_on_after(seconds):
            await self._stopping.wait()
