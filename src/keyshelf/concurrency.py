"""Doing several things at once, within bounds, of which the first failure is the one told.

That failure is raised as it is, in no group, with the cause that it came with; whatever else is
under way is cancelled.
"""

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
)
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectSendStream

T = TypeVar("T")
R = TypeVar("R")


@asynccontextmanager
async def together() -> AsyncGenerator[TaskGroup]:
    """Give a task group; the block ends when all of its tasks have."""
    failure: BaseException | None = None
    try:
        async with anyio.create_task_group() as group:
            yield group
    except BaseExceptionGroup as failures:
        failure = first_failure(failures)
    if failure is not None:
        raise failure


def first_failure(failure: BaseException) -> BaseException:
    """Return the first failure of a group, at any depth; what is no group is itself."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- isinstance cannot tell of what the group is
    return failure  # pyright: ignore[reportUnknownVariableType] -- as above


async def for_each(
    items: Iterable[T] | AsyncIterable[T], act: Callable[[T], Awaitable[object]], *, at_once: int
) -> None:
    """Do `act` for every item, `at_once` of them at a time.

    No more items are taken than are being worked on. A failure of the items themselves
    counts like one of the work.
    """
    room = anyio.Semaphore(at_once)

    async def one(item: T) -> None:
        try:
            await act(item)
        finally:
            room.release()

    async with together() as group:
        await room.acquire()
        async for item in _asynchronous(items):
            group.start_soon(one, item)
            await room.acquire()


async def map_each(
    items: Iterable[T] | AsyncIterable[T], work: Callable[[T], Awaitable[R]], *, at_once: int
) -> list[R]:
    """Do `work` on every item as `for_each` does, and return the results in order."""
    results: dict[int, R] = {}

    async def one(numbered: tuple[int, T]) -> None:
        position, item = numbered
        results[position] = await work(item)

    await for_each(_numbered(items), one, at_once=at_once)
    return [results[position] for position in range(len(results))]


@asynccontextmanager
async def read_ahead(source: AsyncIterator[T], *, items: int) -> AsyncGenerator[AsyncIterator[T]]:
    """Give what `source` gives, of which up to `items` are read before they are asked for.

    Leaving the block stops the reading. What `source` raises ends the block at once.
    """
    send, receive = anyio.create_memory_object_stream[T](items)
    async with together() as group:
        group.start_soon(_feed, source, send)
        async with receive:
            yield receive
            group.cancel_scope.cancel()


async def shielded(work: Awaitable[R]) -> R:
    """Finish `work`, which bounds its own time, whoever is cancelled meanwhile."""
    with anyio.CancelScope(shield=True):
        return await work
    raise AssertionError("nobody cancels this scope itself")


async def _feed(source: AsyncIterator[T], send: MemoryObjectSendStream[T]) -> None:
    async with send:
        async for item in source:
            await send.send(item)


async def _asynchronous(items: Iterable[T] | AsyncIterable[T]) -> AsyncIterator[T]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


async def _numbered(items: Iterable[T] | AsyncIterable[T]) -> AsyncIterator[tuple[int, T]]:
    position = 0
    async for item in _asynchronous(items):
        yield position, item
        position += 1
