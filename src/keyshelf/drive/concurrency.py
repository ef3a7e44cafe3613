"""Doing several things at once, within bounds."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio
from anyio.streams.memory import MemoryObjectSendStream

T = TypeVar("T")


@asynccontextmanager
async def read_ahead(source: AsyncIterator[T], *, items: int) -> AsyncGenerator[AsyncIterator[T]]:
    """Give what `source` gives, of which up to `items` are read before they are asked for.

    Leaving the block stops the reading. What `source` raises ends the block at once.
    """
    send, receive = anyio.create_memory_object_stream[T](items)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(_feed, source, send)
            async with receive:
                yield receive
                group.cancel_scope.cancel()
    except BaseExceptionGroup as failures:
        # The first failure cancels the other side, so that there is one to tell.
        raise failures.exceptions[0] from failures


async def for_each(
    items: Iterable[T], act: Callable[[T], Awaitable[None]], *, at_once: int
) -> None:
    """Do `act` for every item, for up to `at_once` of them at a time.

    The first failure ends what is under way and is raised.
    """
    limiter = anyio.CapacityLimiter(at_once)

    async def bounded(item: T) -> None:
        async with limiter:
            await act(item)

    try:
        async with anyio.create_task_group() as group:
            for item in items:
                group.start_soon(bounded, item)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures


async def _feed(source: AsyncIterator[T], send: MemoryObjectSendStream[T]) -> None:
    async with send:
        async for item in source:
            await send.send(item)
