"""How fast a region answers, from its latest answers."""

from collections import deque
from math import ceil

_WEIGHT = 0.2
_MISS_WEIGHT = 0.05
_WINDOW = 200
_ENOUGH = 20
_QUANTILE = 0.95


class Latency:
    """Moving figures of one region. Nothing is known before its first answer."""

    def __init__(self) -> None:
        self.mean: float | None = None
        """Seconds until a read is answered: newer answers weigh more."""
        self.missing = 0.0
        """The share of reads that found nothing there: newer ones weigh more."""
        self._window = deque[float](maxlen=_WINDOW)
        self._late_after: float | None = None
        self._counted = 0

    def observe(self, seconds: float) -> None:
        """Take in an answer."""
        known = self.mean
        self.mean = seconds if known is None else known + _WEIGHT * (seconds - known)
        self._window.append(seconds)
        self._counted += 1
        if self._counted % _ENOUGH == 0:
            ordered = sorted(self._window)
            self._late_after = ordered[ceil(_QUANTILE * len(ordered)) - 1]

    def at_least(self, seconds: float) -> None:
        """Take in that an answer had not come after some time, if that is news."""
        if self.mean is None or seconds > self.mean:
            self.observe(seconds)

    def found(self, *, is_there: bool) -> None:
        """Take in whether a read found its object."""
        self.missing += _MISS_WEIGHT * ((not is_there) - self.missing)

    @property
    def late_after(self) -> float | None:
        """The time that 95 of 100 answers take; None before there are enough."""
        return self._late_after
