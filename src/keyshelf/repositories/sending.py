"""Sending chunks: which are new, sealed by threads, several at a time, within bounds."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.ids import Octets
from keyshelf.repositories.values import SealedChunk


@dataclass(frozen=True, slots=True)
class SendingOptions:
    """How chunks are sent."""

    asked_at_once: int = 1000
    """How many ids one question names at most."""
    bytes_at_once: int = 32 * 1024 * 1024
    """How many bytes are gathered for one question; about twice that is held."""
    sent_at_once: int = 32
    """How many chunks are on their way at a time."""
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

    carrier: Carrier
    options: SendingOptions
    group: TaskGroup
    sent: Sent = field(default_factory=Sent)
    _known: set[ChunkId] = field(default_factory=set[ChunkId])
    _waiting: list[_Waiting] = field(default_factory=list[_Waiting])
    _waiting_bytes: int = 0
    _threads: anyio.CapacityLimiter = field(init=False)
    _slots: anyio.Semaphore = field(init=False)
    _rounds: anyio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._threads = anyio.CapacityLimiter(self.options.threads)
        self._slots = anyio.Semaphore(self.options.sent_at_once)
        # One round is asked and sent while the next fills.
        self._rounds = anyio.Semaphore(1)

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
        async with self._rounds:
            pass

    async def _start_round(self) -> None:
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if not waiting:
            return
        await self._rounds.acquire()
        self.group.start_soon(self._round, waiting)

    async def _round(self, waiting: list[_Waiting]) -> None:
        try:
            missing = await self.carrier.missing([each.id for each in waiting])
            wanted = [each for each in waiting if each.id in missing]
            sealed: list[SealedChunk] = []
            async with anyio.create_task_group() as group:
                for each in wanted:
                    await self._slots.acquire()
                    group.start_soon(self._send, each, sealed)
            if sealed:
                await self.carrier.confirm(sealed)
            self._count(sealed)
        finally:
            self._rounds.release()

    async def _send(self, each: _Waiting, sealed: list[SealedChunk]) -> None:
        try:
            chunk = await anyio.to_thread.run_sync(self._seal, each, limiter=self._threads)
            await self.carrier.put_chunk(chunk)
            sealed.append(chunk)
        finally:
            self._slots.release()

    def _seal(self, each: _Waiting) -> SealedChunk:
        repository = self.carrier.repository
        sealed = frame.seal(
            each.content,
            type=FrameType.CHUNK,
            digest=bytes.fromhex(each.id),
            keys=repository.keys,
            level=repository.level,
        )
        return SealedChunk(each.id, sealed, memoryview(each.content).nbytes)

    def _count(self, sealed: list[SealedChunk]) -> None:
        self.sent.chunks += len(sealed)
        self.sent.content_bytes += sum(chunk.size for chunk in sealed)
        self.sent.stored_bytes += sum(len(chunk.frame) for chunk in sealed)

    def id_of(self, content: Octets) -> ChunkId:
        """Return the id that content has in this repository."""
        return ids.chunk_id(content, self.carrier.repository.keys)


@asynccontextmanager
async def sending(carrier: Carrier, options: SendingOptions) -> AsyncGenerator[Sender]:
    """Give a sender; leaving the block without a failure has everything in the repository."""
    try:
        async with anyio.create_task_group() as group:
            sender = Sender(carrier, options, group)
            yield sender
            await sender.flush()
    except BaseExceptionGroup as failures:
        # The first failure cancels the rest, so that there is one to tell.
        raise failures.exceptions[0] from failures
