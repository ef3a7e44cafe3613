"""Who else is told, in the same transaction, when a job ends for good."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from keyshelf.database.transactions import Transaction
from keyshelf.jobs.values import Job

OnEnd = Callable[[Transaction, Job], Awaitable[None]]
"""Takes note of a job in one of its final states. What it raises undoes the ending."""


class Endings:
    """What is to be noted when jobs of some kinds succeed, fail or are cancelled."""

    def __init__(self, by_kind: Mapping[str, OnEnd] = MappingProxyType({})) -> None:
        self._by_kind = by_kind

    async def note(self, tx: Transaction, job: Job) -> None:
        """Note that a job ended; one that has not, or of another kind, is passed over."""
        on_end = self._by_kind.get(job.kind)
        if on_end is not None and job.state.is_final:
            await on_end(tx, job)


NOBODY = Endings()
"""Nobody else is told."""
