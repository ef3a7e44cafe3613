"""A queue carried by SAQ: ids wait in Redis, and each goes to one worker."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Self
from uuid import UUID

import anyio
import saq

from keyshelf.coordination.failures import RedisUnavailableError, translated
from keyshelf.database.transactions import Transaction
from keyshelf.jobs.values import QUEUES, QueueName
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_FUNCTION = "keyshelf"
_GRACE = 5.0  # seconds beyond the wait after which an answer is overdue


class SaqQueue:
    """Ids in SAQ's queues `keyshelf-small` and `keyshelf-large`.

    What Redis loses the sweeper announces again, from the rows.
    """

    def __init__(self, url: str, *, wait: timedelta = timedelta(seconds=5)) -> None:
        self._wait = wait.total_seconds()
        self._queues: dict[QueueName, saq.Queue] = {
            name: saq.Queue.from_url(url, name=f"keyshelf-{name}") for name in QUEUES
        }

    async def __aenter__(self) -> Self:
        with translated():
            for queue in self._queues.values():
                await queue.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        for queue in self._queues.values():
            try:
                with translated():
                    await queue.disconnect()
            except RedisUnavailableError as error:
                # Redis is gone before us: a service that was told to stop stops all the same.
                _log.warning("queue was not left in order", error=error.detail)

    async def announce(self, tx: Transaction, queue: QueueName, ids: Sequence[UUID]) -> None:
        """Send the ids after the commit; if that fails, the sweeper sends them."""

        async def send() -> None:
            with translated(), anyio.fail_after(_GRACE):
                for job_id in ids:
                    # No result is kept (ttl), and no key: SAQ would refuse to carry an id
                    # again that a worker took to its grave.
                    await self._queues[queue].enqueue(_FUNCTION, ttl=-1, id=str(job_id))

        if ids:
            tx.on_commit(send)

    async def receive(self, queue: QueueName) -> UUID | None:
        """Wait for an id. It is SAQ's no more: what becomes of the job, its row tells."""
        carrier = self._queues[queue]
        with translated(), anyio.fail_after(self._wait + _GRACE):
            message = await carrier.dequeue(timeout=self._wait)
            if message is None:
                return None
            await carrier.finish(message, saq.Status.COMPLETE)
        return UUID((message.kwargs or {})["id"])

    async def has_lost_everything(self, queue: QueueName) -> bool:
        """Whether no id waits in Redis."""
        with translated(), anyio.fail_after(_GRACE):
            return await self._queues[queue].count("queued") == 0
