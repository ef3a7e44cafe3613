"""Requests of one store that are tried again, and who hears that the store is overloaded."""

import random
from collections.abc import Callable

import anyio

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.budget import Budget

ATTEMPTS = 3
OVERLOADED_STATUSES = frozenset({429, 503})
_SHARE, _BURST = 0.2, 100
_FIRST_PAUSE_SECONDS = 0.1

Told = Callable[[str, ObjectKey | None], None]


async def pause(attempt: int) -> None:
    """Wait before the attempt after this one, counted from 0."""
    await anyio.sleep(_FIRST_PAUSE_SECONDS * 2**attempt * (0.5 + random.random()))  # noqa: S311 (jitter)


class Retries:
    """What all requests of one store share.

    A request is tried up to `ATTEMPTS` times, by whoever sends it and by nobody above,
    and only while repetitions are few beside all requests: past that, a failure is told.
    """

    def __init__(self, *, share: float = _SHARE, burst: int = _BURST) -> None:
        self._budget = Budget(share=share, burst=burst)
        self._told: list[Told] = []

    @classmethod
    def never(cls) -> "Retries":
        """Return what allows no repetition: somebody else is asked instead."""
        return cls(share=0.0, burst=0)

    def asked(self) -> None:
        """Count a request that is sent for the first time."""
        self._budget.earn()

    def may_retry(self) -> bool:
        """Say whether a request may be sent once more, and count it."""
        return self._budget.spend()

    def watch(self, told: Told) -> None:
        """Have `told` called with method and key whenever the store says that it is too much."""
        self._told.append(told)

    def overloaded(self, method: str, key: ObjectKey | None) -> None:
        """Tell that the store refused a request because there were too many."""
        for told in self._told:
            told(method, key)
