"""One read, asked of region after region until one has answered."""

import math
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio
from anyio.abc import TaskGroup

from keyshelf.concurrency import together
from keyshelf.errors import Error, ForbiddenError, UnavailableError
from keyshelf.store.errors import NeedsRestoreError, ObjectNotFoundError
from keyshelf.store.regions.reading import DamagedCopyError
from keyshelf.store.regions.region import Region
from keyshelf.store.regions.watching import Watch

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Answer(Generic[T]):
    region: Region
    given: T


@dataclass(frozen=True, slots=True)
class _Failure:
    region: Region
    error: Error


@dataclass(frozen=True, slots=True)
class _Late:
    region: Region
    is_silent: bool


class Race(Generic[T]):
    """A read that is under way in one region, or in several.

    The next region is asked when one fails, has no such object or a damaged one, or has been
    silent for as long as the options are patient; and, if the budget allows, as soon as one is
    later than it is in 95 of 100 reads. What the primary says of an object is final. The
    first answer is the answer; the other requests are given up.
    """

    def __init__(
        self,
        regions: Sequence[Region],
        ask: Callable[[Region], Awaitable[T]],
        watch: Watch,
        *,
        drop: Callable[[T], Awaitable[None]],
    ) -> None:
        self._waiting = deque(regions)
        self._ask = ask
        self._watch = watch
        self._drop = drop
        self._began = dict[Region, float]()
        self._silent = set[Region]()
        self._error: Error | None = None
        self._send, self._events = anyio.create_memory_object_stream[_Answer[T] | _Failure | _Late](
            math.inf
        )  # at most three events a region

    async def run(self) -> T:
        """Return the first answer; without any, raise what the primary said."""
        self._watch.chose(self._waiting[0])
        with self._send, self._events:
            try:
                async with together() as group:
                    self._ask_next(group)
                    answer = await self._decided(group)
                    group.cancel_scope.cancel()
                return answer
            finally:
                await self._drop_others()

    async def _decided(self, group: TaskGroup) -> T:
        async for event in self._events:
            match event:
                case _Answer(region, given):
                    self._answered(region)
                    return given
                case _Failure(region, error):
                    self._failed(region, error, group)
                case _Late(region, is_silent) if region in self._began:
                    self._late(region, group, is_silent=is_silent)
                case _Late():
                    pass
        raise AssertionError("the stream of events is closed only after the race")

    def _answered(self, region: Region) -> None:
        self._watch.answered(region, self._began.pop(region))
        for other, began in self._began.items():
            self._watch.overtaken(other, began)

    def _failed(self, region: Region, error: Error, group: TaskGroup) -> None:
        is_newest = self._is_newest(region)
        began = self._began.pop(region)
        is_its_own = isinstance(error, UnavailableError | ForbiddenError)
        if is_its_own:
            self._watch.failed(region)
        elif isinstance(error, ObjectNotFoundError):
            self._watch.missing(region, began)
        elif isinstance(error, DamagedCopyError):
            self._watch.damaged(region)
        # A copy may be in another class, where it can be read, or be sound.
        may_be_read_elsewhere = is_its_own or isinstance(
            error, NeedsRestoreError | DamagedCopyError
        )
        if region.is_primary and not may_be_read_elsewhere:
            raise error
        if region.is_primary or self._error is None:
            self._error = error
        if self._waiting and (self._nobody_speaks or (is_newest and self._next_is_well)):
            self._ask_next(group)
        elif not self._began:
            raise self._error

    def _late(self, region: Region, group: TaskGroup, *, is_silent: bool) -> None:
        if is_silent:
            self._silent.add(region)
            self._watch.silent(region)
        if not (self._waiting and self._is_newest(region)):
            return
        if is_silent or (self._next_is_well and self._watch.hedged(region)):
            self._ask_next(group)

    def _is_newest(self, region: Region) -> bool:
        return next(reversed(self._began)) is region

    @property
    def _nobody_speaks(self) -> bool:
        return self._began.keys() <= self._silent

    @property
    def _next_is_well(self) -> bool:
        # One that rests is asked when there is nobody else to wait for.
        return self._waiting[0].health.is_well

    def _ask_next(self, group: TaskGroup) -> None:
        region = self._waiting.popleft()
        self._began[region] = self._watch.now()
        group.start_soon(self._attempt, region)
        if self._waiting:
            group.start_soon(self._time, region)

    async def _attempt(self, region: Region) -> None:
        try:
            given = await self._ask(region)
        except Error as error:
            self._send.send_nowait(_Failure(region, error))
        else:
            self._send.send_nowait(_Answer(region, given))

    async def _time(self, region: Region) -> None:
        waited = 0.0
        late_after = self._watch.late_after(region)
        if late_after is not None:
            await self._watch.wait(late_after)
            self._send.send_nowait(_Late(region, is_silent=False))
            waited = late_after
        await self._watch.wait(self._watch.patience - waited)
        self._send.send_nowait(_Late(region, is_silent=True))

    async def _drop_others(self) -> None:
        """Let go of answers that came as well: nobody else knows of them."""
        with anyio.CancelScope(shield=True):
            while self._events.statistics().current_buffer_used:
                event = self._events.receive_nowait()
                if isinstance(event, _Answer):
                    await self._drop(event.given)
