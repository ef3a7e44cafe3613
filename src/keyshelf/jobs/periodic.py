"""What is done again and again, beside jobs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Something to do again and again, by one of the workers each time.

    It may begin twice after a crash, and a failure is logged and waits for the next turn.
    """

    name: str
    interval: timedelta
    run: Callable[[], Awaitable[None]]
