"""Asking once for many who wait for the same answer."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio

from keyshelf.errors import Error

T = TypeVar("T")


class _Flight(Generic[T]):
    def __init__(self) -> None:
        self.landed = anyio.Event()
        self.outcome: tuple[T] | Error | None = None


class SingleFlight(Generic[T]):
    """Runs at most one piece of work per key at a time, in this process."""

    def __init__(self) -> None:
        self._flights: dict[str, _Flight[T]] = {}

    async def run(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """Return the result of `work`, or of the same work that is already running.

        An `Error` goes to everybody who waits. When the one who works is cancelled
        or breaks otherwise, one of those who wait works instead.
        """
        while flight := self._flights.get(key):
            await flight.landed.wait()
            match flight.outcome:
                case (result,):
                    return result
                case Error() as error:
                    # Without the traceback of whoever raised it last.
                    raise error.with_traceback(None)
                case _:
                    continue
        return await self._lead(key, work)

    async def _lead(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        flight = self._flights[key] = _Flight[T]()
        try:
            result = await work()
            flight.outcome = (result,)
        except Error as error:
            flight.outcome = error
            raise
        finally:
            del self._flights[key]
            flight.landed.set()
        return result
