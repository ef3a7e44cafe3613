"""Runs an action for many items, a bounded number at once."""

from collections.abc import AsyncIterable, Awaitable, Callable
from typing import TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

T = TypeVar("T")


async def for_each(
    items: AsyncIterable[T], action: Callable[[T], Awaitable[None]], *, at_once: int
) -> None:
    """Run `action` for each item; the first failure stops the others and is raised itself.

    Items are taken only as fast as they are worked on.
    """

    async def work(queue: MemoryObjectReceiveStream[T]) -> None:
        async with queue:
            async for item in queue:
                await action(item)

    send, receive = anyio.create_memory_object_stream[T]()
    try:
        # Both ends are held open here too: a failure cancels the sending, it does not break it.
        async with anyio.create_task_group() as group, send, receive:
            for _ in range(at_once):
                group.start_soon(work, receive.clone())
            async for item in items:
                await send.send(item)
    except ExceptionGroup as several:
        raise several.exceptions[0] from several
