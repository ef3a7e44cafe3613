"""Sending chunks: which are new, sealed by threads, several at a time, within bounds."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.carrier import Push
from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.ids import Octets
from keyshelf.repositories.values import Repository, SealedChunk


@dataclass(frozen=True, slots=True)
class SendingOptions:
    """How chunks are sent."""

    asked_at_once: int = 1000
    """How many ids one question names at most."""
    bytes_at_once: int = 16 * 1024 * 1024
    """How many bytes are gathered for one question."""
    rounds_at_once: int = 2
    """How many of these are on their way while the next is gathered."""
    threads: int = 2
    """How many threads compress and encrypt."""


@dataclass(slots=True)
class Sent:
    """What sending has come to."""

    chunks: int = 0
    """Chunks that were new."""
    content_bytes: int = 0
    """Their bytes before compression."""
    stored_bytes: int = 0
    """Their bytes as stored: what really was added."""


@dataclass(slots=True)
class _Waiting:
    id: ChunkId
    content: Octets


@dataclass(slots=True)
class Sender:
    """Takes chunks and sees that each is in the repository when it is flushed."""

    push: Push
    repository: Repository
    options: SendingOptions
    group: TaskGroup
    sent: Sent = field(default_factory=Sent)
    _known: set[ChunkId] = field(default_factory=set[ChunkId])
    _waiting: list[_Waiting] = field(default_factory=list[_Waiting])
    _waiting_bytes: int = 0
    _threads: anyio.CapacityLimiter = field(init=False)
    _rounds: anyio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._threads = anyio.CapacityLimiter(self.options.threads)
        self._rounds = anyio.Semaphore(self.options.rounds_at_once)

    async def add(self, chunk: ChunkId, content: Octets) -> None:
        """Take a chunk; waits while too much is on its way."""
        if chunk in self._known:
            return
        self._known.add(chunk)
        self._waiting.append(_Waiting(chunk, content))
        self._waiting_bytes += memoryview(content).nbytes
        is_full = self._waiting_bytes >= self.options.bytes_at_once
        if is_full or len(self._waiting) >= self.options.asked_at_once:
            await self._start_round()

    async def flush(self) -> None:
        """Wait until everything that was taken is in the repository."""
        await self._start_round()
        for _ in range(self.options.rounds_at_once):
            await self._rounds.acquire()
        for _ in range(self.options.rounds_at_once):
            self._rounds.release()

    async def _start_round(self) -> None:
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if not waiting:
            return
        await self._rounds.acquire()
        self.group.start_soon(self._round, waiting)

    async def _round(self, waiting: list[_Waiting]) -> None:
        try:
            missing = await self.push.missing([each.id for each in waiting])
            wanted = [each for each in waiting if each.id in missing]
            if wanted:
                sealed = await anyio.to_thread.run_sync(
                    lambda: [self._seal(each) for each in wanted], limiter=self._threads
                )
                await self.push.send(sealed)
                self._count(sealed)
        finally:
            self._rounds.release()

    def _seal(self, each: _Waiting) -> SealedChunk:
        sealed = frame.seal(
            each.content,
            type=FrameType.CHUNK,
            digest=bytes.fromhex(each.id),
            keys=self.repository.keys,
            level=self.repository.level,
        )
        return SealedChunk(each.id, sealed, memoryview(each.content).nbytes)

    def _count(self, sealed: list[SealedChunk]) -> None:
        self.sent.chunks += len(sealed)
        self.sent.content_bytes += sum(chunk.size for chunk in sealed)
        self.sent.stored_bytes += sum(len(chunk.frame) for chunk in sealed)

    def id_of(self, content: Octets) -> ChunkId:
        """Return the id that content has in this repository."""
        return ids.chunk_id(content, self.repository.keys)


@asynccontextmanager
async def sending(
    push: Push, repository: Repository, options: SendingOptions
) -> AsyncGenerator[Sender]:
    """Give a sender; leaving the block without a failure has everything in the repository."""
    try:
        async with anyio.create_task_group() as group:
            sender = Sender(push, repository, options, group)
            yield sender
            await sender.flush()
    except BaseExceptionGroup as failures:
        # The first failure cancels the rest, so that there is one to tell.
        raise failures.exceptions[0] from failures
