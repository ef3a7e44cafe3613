"""Chunks through a service elsewhere whose store is its own, many in one request."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import anyio

from keyshelf.client.failures import UnexpectedAnswerError
from keyshelf.client.repositories import RepositoryRoutes
from keyshelf.concurrency import for_each
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.chunks import records
from keyshelf.repositories.chunks.records import IllegalRecordsError
from keyshelf.repositories.remote.failures import translated
from keyshelf.repositories.remote.moving import RemotePushId
from keyshelf.repositories.values import ChunkMissingError, SealedChunk

_AT_ONCE = 3
"""How many requests with chunks are on their way: one is worked on while others travel."""
_MOST_SENT_BYTES = 8 * 1024 * 1024
_MOST_FETCHED = 128
"""About 8 MiB, and 32 at most."""


@dataclass(frozen=True, slots=True)
class BatchMover:
    """Has the service carry chunks. Requests that break off are sent again."""

    routes: RepositoryRoutes
    repository: UUID
    _turn: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_AT_ONCE))

    async def fetch(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, bytes]:
        """Return the frames of chunks."""
        frames: dict[ChunkId, bytes] = {}

        async def fetch(some: Sequence[ChunkId]) -> None:
            for chunk, framed in zip(some, await self._fetched(some), strict=True):
                if framed is None:
                    raise ChunkMissingError(f"the chunk {chunk} is not in the store", chunk=chunk)
                frames[chunk] = framed

        with translated():
            await for_each(_asked(list(dict.fromkeys(ids))), fetch, at_once=_AT_ONCE)
        return frames

    async def send(self, push: RemotePushId, chunks: Sequence[SealedChunk]) -> None:
        """Store chunks and have them taken into the repository."""

        async def send(some: Sequence[SealedChunk]) -> None:
            async with self._turn:
                body = [records.sent(each.id, each.frame) for each in some]
                await self.routes.send_chunks(self.repository, push.id, body)

        different = {each.id: each for each in chunks}.values()
        with translated():
            await for_each(_bodies(different), send, at_once=_AT_ONCE)

    async def _fetched(self, some: Sequence[ChunkId]) -> Sequence[bytes | None]:
        async with self._turn:
            body = await self.routes.chunks(self.repository, some)
        try:
            return records.read_given(body, len(some))
        except IllegalRecordsError as error:
            raise UnexpectedAnswerError(f"the answer has not {len(some)} chunks") from error


async def _asked(ids: Sequence[ChunkId]) -> AsyncIterator[Sequence[ChunkId]]:
    for start in range(0, len(ids), _MOST_FETCHED):
        yield ids[start : start + _MOST_FETCHED]


async def _bodies(chunks: Iterable[SealedChunk]) -> AsyncIterator[Sequence[SealedChunk]]:
    some: list[SealedChunk] = []
    size = 0
    for chunk in chunks:
        if some and size + len(chunk.frame) > _MOST_SENT_BYTES:
            yield some
            some, size = [], 0
        some.append(chunk)
        size += len(chunk.frame)
    if some:
        yield some
