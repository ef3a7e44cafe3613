"""Asks again, after growing waits, what failed for a passing reason."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import anyio

from keyshelf.client.failures import UnexpectedAnswerError, UnreachableError
from keyshelf.errors import Error, UnavailableError

T = TypeVar("T")

_IN_PROGRESS = "request-in-progress"


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
    patience: float = 30.0
    """Seconds, from the first failure, for which what was there and went away is waited for,
    however many attempts that takes: so long a restart may last."""
    on_wait: Callable[[Error], None] | None = None
    """Told once for each request that goes on waiting after its ordinary attempts."""


async def retrying(
    action: Callable[[], Awaitable[T]],
    *,
    options: RetryOptions,
    only: type[Error] = Error,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    spread: Callable[[], float] = random.random,
    now: Callable[[], float] = anyio.current_time,
) -> T:
    """Return what `action` returns, trying again while it fails for a passing reason.

    Passing is what has the category `UnavailableError`, what says when to come
    back, and the first sending of the same request still running; a wrong
    address does not pass, nor does an error that is not of the kind `only`.
    `action` must be safe to repeat.
    """
    tried, first_failed_at = 0, 0.0
    failure: Error | None = None
    while True:
        try:
            return await action()
        except Error as error:
            tried += 1
            if failure is None or error.code != _IN_PROGRESS:
                failure = error
            first_failed_at = now() if tried == 1 else first_failed_at
            asked = _asked_wait(error)
            if not (isinstance(error, only) and _is_passing(error, asked, options)):
                raise
            if tried >= options.attempts:
                is_late = now() - first_failed_at >= options.patience
                if is_late or not isinstance(error, UnreachableError):
                    # That a failed request is still held as running tells nobody why it failed.
                    raise failure from None
                if tried == options.attempts and options.on_wait is not None:
                    options.on_wait(error)
        wait = min(options.first_wait * 2 ** min(tried - 1, 32), options.longest_wait)
        await sleep(max(asked or 0.0, wait * (0.5 + spread() / 2)))


def _is_passing(error: Error, asked: float | None, options: RetryOptions) -> bool:
    if error.code == "store-full":
        # It says when to come back as every failure of its status does; room takes a person.
        return False
    if asked is not None:
        return asked <= options.longest_asked_wait
    if isinstance(error, UnexpectedAnswerError):
        return False
    return isinstance(error, UnavailableError) or error.code == _IN_PROGRESS


def _asked_wait(error: Error) -> float | None:
    asked = error.extras.get("retry_after")
    return float(asked) if isinstance(asked, int | float) else None
