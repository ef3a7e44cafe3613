"""One piece of work for many who wait for it, which goes on when the first of them leaves."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio
from anyio.abc import TaskGroup

from keyshelf.media.pictures.failures import PicturesStoppingError
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

T = TypeVar("T")


class Flight(Generic[T]):
    """Work that is under way."""

    def __init__(self) -> None:
        self.scope = anyio.CancelScope()
        self.landed = anyio.Event()
        self.outcome: tuple[T] | Exception | None = None
        self.waiting = 0
        self.goes_on = False

    def go_on(self) -> None:
        """Say that from here on the work is done to its end, whoever still waits."""
        self.goes_on = True

    def land(self, result: T) -> None:
        """Give whoever waits the result. The work may go on with what they need not wait for."""
        self.outcome = (result,)
        self.landed.set()


Work = Callable[[Flight[T]], Awaitable[T]]


class Flights(Generic[T]):
    """At most one piece of work per name, each in a task of `group`.

    Work that nobody waits for any more is cancelled, unless it said `go_on`.
    """

    def __init__(self, group: TaskGroup) -> None:
        self._group = group
        self._flights: dict[str, Flight[T]] = {}

    async def run(self, name: str, work: Work[T]) -> T:
        """Return the result of `work`, or of the work of that name that is under way.

        What it raises goes to everybody who waits. Raises `PicturesStoppingError` when the
        group is cancelled.
        """
        flight = self._flights.get(name)
        if flight is None:
            flight = self._flights[name] = Flight[T]()
            self._group.start_soon(self._fly, name, flight, work)
        flight.waiting += 1
        try:
            await flight.landed.wait()
        finally:
            flight.waiting -= 1
            if flight.waiting == 0 and not flight.goes_on:
                self._remove(name, flight)
                flight.scope.cancel()
        match flight.outcome:
            case (result,):
                return result
            case Exception() as error:
                # Without the traceback of whoever raised it last.
                raise error.with_traceback(None)
            case _:
                raise PicturesStoppingError("the service is being stopped")

    def forget(self, name: str) -> None:
        """Let whoever comes from here on start anew; those who wait get what they wait for."""
        self._flights.pop(name, None)

    async def _fly(self, name: str, flight: Flight[T], work: Work[T]) -> None:
        try:
            with flight.scope:
                flight.land(await work(flight))
        except Exception as error:  # noqa: BLE001 -- everybody who waits raises it
            if flight.landed.is_set():
                _log.exception("work failed that nobody waits for any more")
            else:
                flight.outcome = error
        finally:
            self._remove(name, flight)
            flight.landed.set()

    def _remove(self, name: str, flight: Flight[T]) -> None:
        if self._flights.get(name) is flight:
            del self._flights[name]
