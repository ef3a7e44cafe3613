"""A queue without a carrier: workers read the waiting rows, and PostgreSQL wakes them."""

from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import Self
from uuid import UUID

import anyio.abc

from keyshelf.database.pool import Database
from keyshelf.database.transactions import Transaction
from keyshelf.errors import UnavailableError
from keyshelf.jobs import queries
from keyshelf.jobs.values import QUEUES, QueueName
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_CHANNEL = "keyshelf_jobs"


class RowsQueue:
    """The rows of jobs as their own queue. Nothing can be lost, whatever breaks.

    A notification rides in the transaction that adds the job. Where it does not
    arrive, because the connection broke, the next look at the rows finds the job.
    """

    def __init__(
        self,
        database: Database,
        *,
        look_every: timedelta = timedelta(seconds=5),
        batch: int = 16,
    ) -> None:
        self._database = database
        self._look_every = look_every
        self._batch = batch
        self._waiting = {name: deque[UUID]() for name in QUEUES}
        self._looking = {name: anyio.Lock() for name in QUEUES}
        self._bells = {name: anyio.Event() for name in QUEUES}
        self._tasks: anyio.abc.TaskGroup | None = None
        self._is_listening = False

    async def __aenter__(self) -> Self:
        self._tasks = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._tasks is not None:
            self._tasks.cancel_scope.cancel()
            # Told of the block's error, the group would raise it wrapped.
            await self._tasks.__aexit__(None, None, None)

    async def announce(self, tx: Transaction, queue: QueueName, ids: Sequence[UUID]) -> None:
        """Wake the workers of `queue` with the commit of `tx`."""
        if ids:
            # The same words in one transaction arrive once, however many jobs it adds.
            await tx.value(
                "SELECT pg_notify(%(channel)s, %(queue)s)", {"channel": _CHANNEL, "queue": queue}
            )

    async def receive(self, queue: QueueName) -> UUID | None:
        """Return the id of a row that waits, as soon as there is one."""
        self._ensure_listening()
        ids = self._waiting[queue]
        async with self._looking[queue]:
            if not ids:
                bell = self._bells[queue]
                ids.extend(await self._look(queue))
                if not ids:
                    with anyio.move_on_after(self._look_every.total_seconds()):
                        await bell.wait()
                    ids.extend(await self._look(queue))
            return ids.popleft() if ids else None

    async def has_lost_everything(self, queue: QueueName) -> bool:  # noqa: ARG002 -- the protocol's
        """Never: there is no carrier that could lose an id."""
        return False

    async def _look(self, queue: QueueName) -> Sequence[UUID]:
        async with self._database.read() as tx:
            return await queries.due(tx, queue, limit=self._batch)

    def _ensure_listening(self) -> None:
        # Only who receives needs the connection; a service that only adds jobs has none.
        if self._tasks is not None and not self._is_listening:
            self._is_listening = True
            self._tasks.start_soon(self._listen, name="jobs: listen")

    async def _listen(self) -> None:
        while True:
            try:
                async with self._database.notifications(_CHANNEL) as told:
                    self._ring(QUEUES)  # for what was said while nobody listened
                    async for queue in told:
                        self._ring([name for name in QUEUES if name == queue])
            except UnavailableError as error:
                _log.warning("not listening for jobs, looking for them", error=error.detail)
            await anyio.sleep(1)

    def _ring(self, queues: Sequence[QueueName]) -> None:
        for queue in queues:
            self._bells[queue].set()
            self._bells[queue] = anyio.Event()
