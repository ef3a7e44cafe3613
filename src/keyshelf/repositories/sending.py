"""Sending chunks: which are new, sealed by threads, several at a time, within bounds."""

import os
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from keyshelf.concurrency import together
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.carrier import MOST_CHUNKS, MOST_IDS, Push
from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.ids import Octets
from keyshelf.repositories.values import Repository, SealedChunk

_KNOWN = 100_000
"""How many ids are remembered twice over, so that they are not asked about again."""

MayHave = Callable[[ChunkId], bool]
"""Says False of a chunk that the repository does not have for sure; True proves nothing."""


@dataclass(frozen=True, slots=True)
class SendingOptions:
    """How chunks are sent."""

    asked_at_once: int = MOST_CHUNKS
    """How many ids one question names at most."""
    bytes_at_once: int = 16 * 1024 * 1024
    """How many bytes are gathered for one question."""
    rounds_at_once: int = 3
    """How many of these are on their way; what a stop in the middle has sent in vain."""
    threads: int = field(default_factory=lambda: os.cpu_count() or 2)
    """How many threads read, cut, identify, compress and encrypt at once."""


@dataclass(slots=True)
class Sent:
    """What sending has come to."""

    chunks: int = 0
    """Chunks that were new."""
    content_bytes: int = 0
    """Their bytes before compression."""
    stored_bytes: int = 0
    """Their bytes as stored: what really was added."""


class _Waiting(NamedTuple):
    id: ChunkId
    content: Octets
    size: int


@dataclass(slots=True)
class Sender:
    """Takes chunks and sees that each is in the repository when it is flushed."""

    push: Push
    repository: Repository
    options: SendingOptions
    group: TaskGroup
    may_have: MayHave | None = None
    sent: Sent = field(default_factory=Sent)
    _known: set[ChunkId] = field(default_factory=set[ChunkId])
    _known_before: set[ChunkId] = field(default_factory=set[ChunkId])
    _waiting: list[_Waiting] = field(default_factory=list[_Waiting])
    _waiting_bytes: int = 0
    threads: anyio.CapacityLimiter = field(init=False)
    """For what is read as for what is sealed: more threads would only wait for each other."""
    _rounds: anyio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.threads = anyio.CapacityLimiter(self.options.threads)
        self._rounds = anyio.Semaphore(self.options.rounds_at_once)

    async def add(self, chunks: Iterable[tuple[ChunkId, Octets]]) -> None:
        """Take some chunks of about 8 MiB in all; waits while too much is on its way."""
        already = len(self._waiting)
        for chunk, content in chunks:
            self.take(chunk, content)
        self._waiting[already:] = _detached(self._waiting[already:])
        await self.make_room()

    def take(self, chunk: ChunkId, content: Octets) -> None:
        """Take a chunk without waiting; soon afterwards `make_room` is called."""
        if chunk in self._known or chunk in self._known_before:
            return
        # Two generations, of which the older is forgotten: bounded, however much is sent.
        if len(self._known) >= _KNOWN:
            self._known, self._known_before = set[ChunkId](), self._known
        self._known.add(chunk)
        size = memoryview(content).nbytes
        self._waiting.append(_Waiting(chunk, content, size))
        self._waiting_bytes += size

    async def are_there(self, chunks: Iterable[ChunkId]) -> bool:
        """Say whether chunks are in the repository, or will be when it is flushed."""
        asked = [
            chunk
            for chunk in dict.fromkeys(chunks)
            if chunk not in self._known and chunk not in self._known_before
        ]
        for start in range(0, len(asked), MOST_IDS):
            if await self.push.missing(asked[start : start + MOST_IDS]):
                return False
        return True

    async def make_room(self) -> None:
        """Send what was taken, but for a rest that is too small to be worth a question."""
        while (
            self._waiting_bytes >= self.options.bytes_at_once
            or len(self._waiting) >= self.options.asked_at_once
        ):
            await self._start_round()

    async def flush(self) -> None:
        """Wait until everything that was taken is in the repository."""
        while self._waiting:
            await self._start_round()
        for _ in range(self.options.rounds_at_once):
            await self._rounds.acquire()
        for _ in range(self.options.rounds_at_once):
            self._rounds.release()

    def id_of(self, content: Octets) -> ChunkId:
        """Return the id that content has in this repository."""
        return ids.chunk_id(content, self.repository.keys)

    def take_node(self, content: bytes) -> bytes:
        """Take a node, without waiting as `take` does, and return its id."""
        node = self.id_of(content)
        self.take(node, content)
        return bytes.fromhex(node)

    async def _start_round(self) -> None:
        await self._rounds.acquire()
        if some := self._next_round():
            self.group.start_soon(self._round, some)
        else:  # another task was quicker
            self._rounds.release()

    def _next_round(self) -> list[_Waiting]:
        size = count = 0
        for count, each in enumerate(self._waiting, 1):
            size += each.size
            if size >= self.options.bytes_at_once or count >= self.options.asked_at_once:
                break
        some, self._waiting = self._waiting[:count], self._waiting[count:]
        self._waiting_bytes -= size
        return some

    async def _round(self, some: list[_Waiting]) -> None:
        try:
            wanted = await self._wanted(some)
            if wanted:
                sealed = await anyio.to_thread.run_sync(
                    lambda: [self._seal(each) for each in wanted], limiter=self.threads
                )
                await self.push.send(sealed)
                self._count(sealed)
        finally:
            self._rounds.release()

    async def _wanted(self, some: list[_Waiting]) -> list[_Waiting]:
        may_have = self.may_have
        asked = [each.id for each in some if may_have is None or may_have(each.id)]
        # What the filter leaves out is new for sure. Nothing is taken for known by it.
        present = set(asked) - await self.push.missing(asked) if asked else set[ChunkId]()
        return [each for each in some if each.id not in present]

    def _seal(self, each: _Waiting) -> SealedChunk:
        sealed = frame.seal(
            each.content,
            type=FrameType.CHUNK,
            digest=bytes.fromhex(each.id),
            keys=self.repository.keys,
            level=self.repository.level,
        )
        return SealedChunk(each.id, sealed, each.size)

    def _count(self, sealed: list[SealedChunk]) -> None:
        self.sent.chunks += len(sealed)
        self.sent.content_bytes += sum(chunk.size for chunk in sealed)
        self.sent.stored_bytes += sum(len(chunk.frame) for chunk in sealed)


def _detached(taken: list[_Waiting]) -> list[_Waiting]:
    """Return what was taken, such that it holds no more memory than about twice its size."""
    sizes: dict[int, int] = {}
    for each in taken:
        if isinstance(each.content, memoryview):
            whole = id(each.content.obj)
            sizes[whole] = sizes.get(whole, 0) + each.size
    # A chunk holds the block that it was cut from, of which the rest may be known.
    return [
        each._replace(content=bytes(each.content))
        if isinstance(each.content, memoryview)
        and 2 * sizes[id(each.content.obj)] < memoryview(each.content.obj).nbytes
        else each
        for each in taken
    ]


@asynccontextmanager
async def sending(
    push: Push, repository: Repository, options: SendingOptions, may_have: MayHave | None = None
) -> AsyncGenerator[Sender]:
    """Give a sender; leaving the block without a failure has everything in the repository.

    What `may_have` rules out is sent without a question.
    """
    async with together() as group:
        sender = Sender(push, repository, options, group, may_have)
        yield sender
        await sender.flush()
