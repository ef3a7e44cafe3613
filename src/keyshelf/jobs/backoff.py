"""How long a failed attempt waits for the next."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential waiting with a bound, spread so that failures do not return together."""

    first: timedelta = timedelta(seconds=2)
    """The middle of the wait after the first attempt; each later one doubles it."""
    longest: timedelta = timedelta(minutes=10)
    """The bound on the wait, before it is spread."""

    def delay(self, attempt: int, *, chance: float) -> timedelta:
        """Return the wait after `attempt` (from 1); `chance` is in [0, 1).

        The result lies within half of and one and a half times the middle.
        """
        doublings = min(attempt - 1, 40)  # far past any bound, and short of overflow
        middle = min(self.first * 2**doublings, self.longest)
        return middle * (0.5 + chance)
