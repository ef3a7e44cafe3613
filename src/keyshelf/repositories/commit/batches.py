"""Batches of a walk, several read at once, given in the order of the walk."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
from anyio.abc import ObjectReceiveStream, ObjectSendStream, TaskGroup

from keyshelf.concurrency import together
from keyshelf.repositories.commit.files import FileContent
from keyshelf.repositories.commit.walk import Step, Walk

_AHEAD = 32
"""So many batches may wait, with what they became, for one before them."""

Contents = Sequence[FileContent | None]
"""What the files of a batch became; None for one that is gone."""
Read = Callable[[Sequence[Step]], Awaitable[Contents]]


@dataclass(slots=True)
class Batch:
    """Steps that are read together."""

    steps: Sequence[Step]
    contents: Contents = ()
    _is_read: anyio.Event = field(default_factory=anyio.Event)

    async def become_read(self, read: Read) -> None:
        """Read its files."""
        self.contents = await read(self.steps)
        self._is_read.set()

    async def wait(self) -> None:
        """Wait until its files are read."""
        await self._is_read.wait()


@asynccontextmanager
async def batches(
    walk: Walk, read: Read, *, at_once: int
) -> AsyncGenerator[ObjectReceiveStream[Batch]]:
    """Give the batches of a walk in order; `wait` for each before using it."""
    send, receive = anyio.create_memory_object_stream[Batch](_AHEAD)
    async with together() as group, receive:
        group.start_soon(_produce, walk, read, at_once, send, group)
        yield receive


async def _produce(
    walk: Walk, read: Read, at_once: int, send: ObjectSendStream[Batch], group: TaskGroup
) -> None:
    reading = anyio.Semaphore(at_once)

    async def become_read(batch: Batch) -> None:
        try:
            await batch.become_read(read)
        finally:
            reading.release()

    async with send:
        while steps := await anyio.to_thread.run_sync(walk.next_batch):
            batch = Batch(steps)
            await send.send(batch)
            await reading.acquire()
            group.start_soon(become_read, batch)
