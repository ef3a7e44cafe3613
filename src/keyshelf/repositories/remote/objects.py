"""Chunks to and from the store of a service elsewhere, by the requests that the service signs."""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import anyio.to_thread

from keyshelf.client.asynchronous import CHUNKS_AT_ONCE, AsyncClient
from keyshelf.client.failures import RemoteInvalidInputError
from keyshelf.client.repository_values import AnnouncedChunk, ClaimedChunk, SignedChunk
from keyshelf.client.retrying import RetryOptions, retrying
from keyshelf.client.transfers.objects import (
    LinkExpiredError,
    ObjectArchivedError,
    ObjectChangedError,
    StoreUnavailableError,
)
from keyshelf.concurrency import for_each
from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.repositories.chunks.proofs import proof_of
from keyshelf.repositories.chunks.records import MOST_FRAME_BYTES
from keyshelf.repositories.formats import frame
from keyshelf.repositories.formats.frame import Codec, FrameType
from keyshelf.repositories.remote.failures import translated
from keyshelf.repositories.remote.moving import RemotePushId
from keyshelf.repositories.values import (
    ChunkMissingError,
    Repository,
    SealedChunk,
    chunk_needs_restore,
)
from keyshelf.store.errors import NeedsRestoreError

T = TypeVar("T")
_NOT_AS_NAMED = "chunk-not-as-named"


@dataclass(frozen=True, slots=True)
class ObjectMover:
    """Moves chunks one by one, many at once, and has the service look at what was sent."""

    client: AsyncClient
    repository: Repository
    retry: RetryOptions

    async def fetch(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, bytes]:
        """Return the frames of chunks."""
        frames, refused = await self._fetched(ids)
        if refused:
            # Requests run out, and a collector may have been at it: the service knows.
            others, refused = await self._fetched(list(refused))
            frames |= others
        for chunk, error in refused.items():
            if not error.extras.get("is_missing"):
                raise error
            raise ChunkMissingError(f"the chunk {chunk} is not in the store", chunk=chunk)
        return frames

    async def send(self, push: RemotePushId, chunks: Sequence[SealedChunk]) -> None:
        """Store chunks and have them taken into the repository."""
        with translated():
            late = await self._send(push, chunks)
            if late:
                # Their requests ran out on the way, which new ones do not do at once.
                late = await self._send(push, late)
        if late:
            raise StoreUnavailableError(
                f"the store refuses chunks that the service lets it have, {len(late)} of them:"
                " its clock may be wrong, or its keys may not write"
            )

    async def _send(self, push: RemotePushId, chunks: Sequence[SealedChunk]) -> list[SealedChunk]:
        """Send chunks, and return those whose requests do not work any longer."""
        routes, repository = self.client.repositories, self.repository.id
        announced = await anyio.to_thread.run_sync(lambda: [_announced(each) for each in chunks])
        signed = await routes.uploads(repository, push.id, announced)
        if signed.reservation is None:
            return []
        by_id = {each.id: each for each in chunks}
        pairs = [(request, by_id[ChunkId(request.id)]) for request in signed.uploads]
        late = await self._put(pairs)
        left = {each.id for each in late}
        sent = [chunk for _, chunk in pairs if chunk.id not in left]
        refused = await self._confirm(push, signed.reservation, sent)
        for chunk in sent:
            if chunk.id in refused:
                # Something else is in its place; the service can put that right.
                await routes.send_chunk(repository, push.id, chunk.id, chunk.frame)
        if refused:
            right = [each for each in sent if each.id not in refused]
            await self._confirm(push, signed.reservation, right, again=True)
        return late

    async def _put(self, chunks: Sequence[tuple[SignedChunk, SealedChunk]]) -> list[SealedChunk]:
        """Put chunks; what the store has already stays there. Returns as `_send` does."""
        late: list[SealedChunk] = []

        async def send(pair: tuple[SignedChunk, SealedChunk]) -> None:
            request, chunk = pair

            async def attempt() -> None:
                try:
                    await self.client.chunks.put(request, chunk.frame)
                except LinkExpiredError:
                    late.append(chunk)

            await retrying(attempt, options=self.retry, only=StoreUnavailableError)

        await for_each(_each(chunks), send, at_once=CHUNKS_AT_ONCE)
        return late

    async def _confirm(
        self,
        push: RemotePushId,
        reservation: UUID,
        sent: Sequence[SealedChunk],
        *,
        again: bool = False,
    ) -> set[str]:
        """Have chunks taken in; returns those that the store has other bytes of."""
        if not sent:
            return set()
        claims = await anyio.to_thread.run_sync(
            lambda: [self._claim(each, push.nonce) for each in sent]
        )
        try:
            await self.client.repositories.confirm(self.repository.id, push.id, reservation, claims)
        except RemoteInvalidInputError as error:
            refused = error.extras.get("ids")
            if again or error.code != _NOT_AS_NAMED or not isinstance(refused, list):
                raise
            return {str(each) for each in refused}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # a list out of JSON
        return set()

    def _claim(self, chunk: SealedChunk, nonce: bytes) -> ClaimedChunk:
        proved = chunk.frame
        if self.repository.keys is None:
            proved = frame.open_frame(
                chunk.frame, type=FrameType.CHUNK, digest=bytes.fromhex(chunk.id), keys=None
            )
        return ClaimedChunk(chunk.id, chunk.size, proof_of(proved, nonce).hex())

    async def _fetched(
        self, ids: Sequence[ChunkId]
    ) -> tuple[dict[ChunkId, bytes], dict[ChunkId, LinkExpiredError]]:
        """Return frames, and why the requests of others do not work."""
        frames: dict[ChunkId, bytes] = {}
        refused: dict[ChunkId, LinkExpiredError] = {}

        async def fetch(request: SignedChunk) -> None:
            chunk = ChunkId(request.id)

            async def attempt() -> None:
                try:
                    frames[chunk] = await self.client.chunks.fetch(request, most=MOST_FRAME_BYTES)
                except LinkExpiredError as error:
                    refused[chunk] = error
                except ObjectArchivedError as error:
                    raise chunk_needs_restore(
                        NeedsRestoreError(error.detail, key=chunk_key(chunk))
                    ) from error
                except ObjectChangedError:
                    # Larger than any frame: whoever opens what is given says that it is damaged.
                    frames[chunk] = b""

            await retrying(attempt, options=self.retry, only=StoreUnavailableError)

        with translated():
            wanted = list(dict.fromkeys(ids))
            requests = await self.client.repositories.downloads(self.repository.id, wanted)
            await for_each(_each(requests), fetch, at_once=CHUNKS_AT_ONCE)
        return frames, refused


def _announced(chunk: SealedChunk) -> AnnouncedChunk:
    codec = frame.read_header(chunk.frame).codec
    return AnnouncedChunk(
        id=chunk.id,
        size=chunk.size,
        stored_size=len(chunk.frame),
        sha256=hashlib.sha256(chunk.frame).hexdigest(),
        compression="zstd" if codec is Codec.ZSTD else "none",
    )


async def _each(items: Sequence[T]) -> AsyncIterator[T]:
    for item in items:
        yield item
