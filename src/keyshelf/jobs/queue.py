"""Carrying the ids of jobs to workers. The rows are the truth, so ids may be lost or repeated."""

from collections.abc import Sequence
from typing import Protocol, Self
from uuid import UUID

from keyshelf.database.transactions import Transaction
from keyshelf.jobs.values import QueueName


class Queue(Protocol):
    """Tells workers which jobs wait. Between `__aenter__` and `__aexit__` only."""

    async def __aenter__(self) -> Self:
        """Connect; a carrier that is away is connected to later."""
        ...

    async def __aexit__(self, *_: object) -> None:
        """Let go of the connections."""
        ...

    async def announce(self, tx: Transaction, queue: QueueName, ids: Sequence[UUID]) -> None:
        """Tell a worker of each job once `tx` is committed, and nobody if it is not."""
        ...

    async def receive(self, queue: QueueName) -> UUID | None:
        """Wait for an id; None after a while without one.

        Raises an `UnavailableError` when the carrier does not answer.
        """
        ...

    async def has_lost_everything(self, queue: QueueName) -> bool:
        """Whether the carrier holds no ids, so that jobs waiting for long were lost by it."""
        ...
