"""Bounded fan-out over asynchronous work."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TypeVar

import anyio

T = TypeVar("T")
R = TypeVar("R")


async def each_bounded(
    work: Callable[[T], Awaitable[R]], items: Iterable[T] | AsyncIterator[T], *, at_once: int
) -> list[R]:
    """Do `work` on every item, `at_once` at a time, and return the results in order.

    No more items are taken than are being worked on. The first failure, of the work
    or of the items themselves, cancels the rest and is raised by itself, not in a group.
    """
    results: dict[int, R] = {}
    room = anyio.Semaphore(at_once)

    async def run(position: int, item: T) -> None:
        try:
            results[position] = await work(item)
        finally:
            room.release()

    try:
        async with anyio.create_task_group() as tasks:
            position = 0
            await room.acquire()
            async for item in _asynchronous(items):
                tasks.start_soon(run, position, item)
                position += 1
                await room.acquire()
    except BaseExceptionGroup as group:
        raise _first(group) from None
    return [results[position] for position in range(len(results))]


async def shielded(work: Awaitable[R]) -> R:
    """Finish `work`, which bounds its own time, whoever is cancelled meanwhile."""
    with anyio.CancelScope(shield=True):
        return await work
    raise AssertionError("nobody cancels this scope itself")


async def _asynchronous(items: Iterable[T] | AsyncIterator[T]) -> AsyncIterator[T]:
    if isinstance(items, AsyncIterator):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] (a group of anything)
    return error  # pyright: ignore[reportUnknownVariableType] (as above)
