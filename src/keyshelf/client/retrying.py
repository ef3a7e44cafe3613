"""Asks again, after growing waits, what failed for a passing reason."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import anyio

from keyshelf.client.failures import UnexpectedAnswerError
from keyshelf.errors import Error, UnavailableError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RetryOptions:
    """How patient a client is."""

    attempts: int = 5
    """How often a request is sent at most; 1 means that nothing is sent again."""
    first_wait: float = 0.25
    """Seconds before the second attempt; each later wait is twice as long."""
    longest_wait: float = 8.0
    """Seconds that no wait of ours exceeds."""
    longest_asked_wait: float = 60.0
    """Seconds that the other side may ask us to wait; past that, the failure stands."""


async def retrying(
    action: Callable[[], Awaitable[T]],
    *,
    options: RetryOptions,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    spread: Callable[[], float] = random.random,
) -> T:
    """Return what `action` returns, trying again while it fails for a passing reason.

    Passing is what has the category `UnavailableError`, what says when to come
    back, and the first sending of the same request still running; a wrong
    address does not pass. `action` must be safe to
    repeat.
    """
    wait = options.first_wait
    for _ in range(options.attempts - 1):
        try:
            return await action()
        except Error as error:
            asked = _asked_wait(error)
            if not _is_passing(error, asked, options):
                raise
        await sleep(max(asked or 0.0, wait * (0.5 + spread() / 2)))
        wait = min(wait * 2, options.longest_wait)
    return await action()


def _is_passing(error: Error, asked: float | None, options: RetryOptions) -> bool:
    if asked is not None:
        return asked <= options.longest_asked_wait
    if isinstance(error, UnexpectedAnswerError):
        return False
    return isinstance(error, UnavailableError) or error.code == "request-in-progress"


def _asked_wait(error: Error) -> float | None:
    asked = error.extras.get("retry_after")
    return float(asked) if isinstance(asked, int | float) else None
