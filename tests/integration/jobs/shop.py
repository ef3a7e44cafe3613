"""A small service with jobs: what `app` builds, with everything quick."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import anyio

from keyshelf.database.pool import Database
from keyshelf.jobs.attempts import AttemptOptions
from keyshelf.jobs.backoff import Backoff
from keyshelf.jobs.periodic import PeriodicTask
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.registry import Handler, Registration, Registry
from keyshelf.jobs.runner import Runner
from keyshelf.jobs.service import Jobs
from keyshelf.jobs.sweeper import Sweeper, SweeperOptions
from keyshelf.jobs.values import Job, JobKind, JobState, Payload
from keyshelf.jobs.worker import Worker, WorkerOptions
from keyshelf.telemetry import Metrics
from tests.patience import PATIENCE


def kind(
    name: str = "work",
    *,
    max_attempts: int = 3,
    lease: timedelta = timedelta(minutes=1),
    patience: timedelta = timedelta(hours=1),
) -> JobKind:
    return JobKind(name, max_attempts=max_attempts, lease=lease, patience=patience)


@dataclass
class Shop:
    """A process of the service."""

    database: Database
    queue: Queue
    jobs: Jobs
    runner: Runner
    sweeper: Sweeper
    metrics: Metrics

    async def enqueue(
        self,
        kind: JobKind,
        payload: Payload | None = None,
        *,
        unique_key: str | None = None,
        again: bool = True,
    ) -> Job:
        async with self.database.transaction() as tx:
            return await self.jobs.enqueue(
                tx, kind, payload or {}, owner_id="ann", unique_key=unique_key, again=again
            )

    async def get(self, job_id: UUID) -> Job:
        async with self.database.read() as tx:
            return await self.jobs.get(tx, job_id)

    async def until(self, job_id: UUID, holds: Callable[[Job], bool]) -> Job:
        with anyio.fail_after(PATIENCE):
            while not holds(job := await self.get(job_id)):
                await anyio.sleep(0.01)
        return job

    async def until_final(self, job_id: UUID) -> Job:
        return await self.until(job_id, lambda job: job.state.is_final)

    async def until_state(self, job_id: UUID, state: JobState) -> Job:
        return await self.until(job_id, lambda job: job.state is state)

    @asynccontextmanager
    async def working(
        self, *, concurrency: int = 4, grace: float = 5, periodic: Iterable[PeriodicTask] = ()
    ) -> AsyncGenerator[Worker]:
        worker = Worker(
            self.database,
            self.queue,
            self.runner,
            self.sweeper,
            periodic=tuple(periodic),
            options=WorkerOptions(
                concurrency={"small": concurrency, "large": 1}, grace=timedelta(seconds=grace)
            ),
        )
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(worker.run)
            yield worker
            worker.stop()


@asynccontextmanager
async def open_shop(
    database: Database, queue: Queue, handlers: Iterable[tuple[JobKind, Handler]]
) -> AsyncGenerator[Shop]:
    metrics = Metrics()
    registry = Registry(Registration(kind, handler) for kind, handler in handlers)
    quick = timedelta(seconds=0.1)
    options = AttemptOptions(
        heartbeat=quick,
        progress_interval=timedelta(0),
        backoff=Backoff(first=timedelta(seconds=0.05)),
    )
    sweeper = Sweeper(database, queue, metrics, SweeperOptions(interval=quick, lost_after=quick))
    async with (
        queue,
        Runner(database, registry, queue, metrics, options=options, chance=lambda: 0.5) as runner,
    ):
        yield Shop(database, queue, Jobs(queue), runner, sweeper, metrics)
