"""Running jobs in this process, for a worker or for a request that can wait a moment."""

import os
import platform
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Self
from uuid import UUID, uuid4

import anyio.abc

from keyshelf.database.pool import Database
from keyshelf.errors import Error
from keyshelf.jobs import queries
from keyshelf.jobs.attempts import AttemptOptions, Attempts
from keyshelf.jobs.endings import NOBODY, Endings
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.registry import Registry
from keyshelf.jobs.values import Job, JobNotFoundError
from keyshelf.telemetry import Metrics, get_logger, log_context
from keyshelf.tracing import tracing

_log = get_logger(__name__)

_UNKNOWN_KIND_DELAY = timedelta(minutes=1)
_LOOK_EVERY = 0.05  # seconds


class Runner:
    """Runs jobs in this process. Leaving its context hands back what still runs."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        queue: Queue,
        metrics: Metrics,
        *,
        options: AttemptOptions | None = None,
        endings: Endings = NOBODY,
        now_at_once: int = 64,
        chance: Callable[[], float] = random.random,
        new_id: Callable[[], UUID] = uuid4,
        name: str | None = None,
    ) -> None:
        self._database = database
        self._name = name or f"{platform.node()}/{os.getpid()}"
        self._registry = registry
        self._new_id = new_id
        self._attempts = Attempts(
            database, queue, metrics, options or AttemptOptions(), endings=endings, chance=chance
        )
        self._room = anyio.CapacityLimiter(now_at_once)
        self._tasks: anyio.abc.TaskGroup | None = None

    async def __aenter__(self) -> Self:
        self._tasks = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._tasks is not None:
            self._tasks.cancel_scope.cancel()
            # Told of the block's error, the group would raise it wrapped.
            await self._tasks.__aexit__(None, None, None)

    async def run(self, job_id: UUID) -> bool:
        """Claim a job and run one attempt at it; False when there was nothing to claim.

        Raises only what the database raises for the claim.
        """
        claim_id = self._new_id()
        async with self._database.transaction() as tx:
            job = await queries.claim(tx, job_id, claim_id, worker=self._name)
            registration = job and self._registry.find(job.kind)
            if job is not None and registration is None:
                # A newer Keyshelf may have added it: its worker will know the kind.
                _log.warning("job of an unknown kind put back", kind=job.kind, job_id=str(job_id))
                delay = _UNKNOWN_KIND_DELAY
                await queries.put_back(
                    tx, job_id, claim_id, delay=delay, failure=None, counts=False
                )
        if job is None or registration is None:
            return False
        with (
            log_context(job_id=str(job.id), job_kind=job.kind, attempt=job.attempts),
            tracing.span(f"job {job.kind}", job_id=str(job.id), attempt=job.attempts),
        ):
            await self._attempts.run(registration, job, claim_id)
        return True

    async def run_now(self, job_id: UUID, *, deadline: timedelta) -> Job:
        """Run a job that was just enqueued, and return it once it ended or `deadline` is over.

        One that is paused is returned as it is. At the deadline the work goes on in the
        background. Should a worker have been quicker, this waits for it all the same. Of more
        than `now_at_once` such jobs the last wait their turn, or a worker takes them. Raises
        `JobNotFoundError`.
        """
        if self._tasks is None:
            raise RuntimeError("the runner is used outside its context")
        ended = anyio.Event()
        self._tasks.start_soon(self._run_quietly, job_id, ended)
        with anyio.move_on_after(deadline.total_seconds()):
            await ended.wait()
            while (await self._look(job_id)).state.goes_on:  # noqa: ASYNC110 -- another process may run it
                await anyio.sleep(_LOOK_EVERY)
        return await self._look(job_id)

    async def _run_quietly(self, job_id: UUID, ended: anyio.Event) -> None:
        try:
            async with self._room:
                await self.run(job_id)
        except Error:
            # The row is as it was, so a worker or the sweeper finds the job.
            _log.exception("job not run at once", job_id=str(job_id))
        finally:
            ended.set()

    async def _look(self, job_id: UUID) -> Job:
        async with self._database.read() as tx:
            job = await queries.get(tx, job_id)
        if job is None:
            raise JobNotFoundError("there is no such job", job_id=str(job_id))
        return job
