"""How many requests a second: a token bucket that gives way when a store is overloaded."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

import anyio

_BURST_SECONDS = 0.25
_LEAST_SHARE = 0.01
_REGAINED_SHARE = 0.05
_ONE_REFUSAL_SECONDS = 1.0
_SHORTEST_WAIT_SECONDS = 0.0001


@dataclass(frozen=True, slots=True)
class PaceTiming:
    """What time it is, in seconds, and how to wait."""

    now: Callable[[], float] = monotonic
    wait: Callable[[float], Awaitable[None]] = anyio.sleep


class Pace:
    """Lets requests pass one after another, `most` a second and a quarter second's at once.

    A refusal halves the pace that there was; each second without one gives back a
    twentieth of `most`. Whoever comes first goes first, and whoever stops waiting gives
    back its place.
    """

    def __init__(self, most: float, timing: PaceTiming) -> None:
        self._most = most
        self._timing = timing
        self._pace = most
        self._free_at = float("-inf")
        """When everything that was let pass will have been paid for."""
        self._changed_at = self._refused_at = self._second = float("-inf")
        self._passed = self._passed_before = 0

    @property
    def pace(self) -> float:
        """How many requests a second pass at this moment."""
        self._regain(self._timing.now())
        return self._pace

    async def take(self, requests: int = 1) -> float:
        """Wait until so many requests may be made; returns for how many seconds it was."""
        now = self._timing.now()
        self._count(requests, now)
        if self._pace < self._most:
            self._regain(now)
        cost = requests / self._pace
        self._free_at = max(self._free_at, now - _BURST_SECONDS) + cost
        seconds = self._free_at - now
        if seconds < _SHORTEST_WAIT_SECONDS:
            return 0.0
        is_over = False
        try:
            await self._timing.wait(seconds)
            is_over = True
        finally:
            if not is_over:
                self._free_at -= cost
        return seconds

    def refused(self) -> bool:
        """Take in that the store was overloaded; several refusals within a second are one.

        Returns whether the pace was halved.
        """
        now = self._timing.now()
        if now - self._refused_at < _ONE_REFUSAL_SECONDS:
            return False
        self._regain(now)
        self._count(0, now)
        seen = max(self._passed, self._passed_before, 1)
        self._pace = max(min(self._pace, seen) / 2, self._most * _LEAST_SHARE)
        self._refused_at = self._changed_at = now
        return True

    def _regain(self, now: float) -> None:
        if self._pace < self._most:
            regained = self._most * _REGAINED_SHARE * (now - self._changed_at)
            self._pace = min(self._most, self._pace + regained)
            self._changed_at = now

    def _count(self, requests: int, now: float) -> None:
        if now - self._second >= 1:
            self._passed_before = self._passed if now - self._second < 2 else 0
            self._passed = 0
            self._second = now
        self._passed += requests
