"""Chunks to and from the store of a service elsewhere, many at once."""

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from keyshelf.client.asynchronous import CHUNKS_AT_ONCE, AsyncClient
from keyshelf.client.repository_values import SignedChunk
from keyshelf.client.retrying import RetryOptions, retrying
from keyshelf.client.transfers.fanout import for_each
from keyshelf.client.transfers.objects import (
    LinkExpiredError,
    ObjectChangedError,
    StoreUnavailableError,
)
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats.frame import MAX_CONTENT, FrameType
from keyshelf.repositories.values import SealedChunk

T = TypeVar("T")
MOST_BYTES = MAX_CONTENT[FrameType.CHUNK] + 128
"""No frame of a chunk is larger."""


async def put_all(
    client: AsyncClient,
    chunks: Sequence[tuple[SignedChunk, SealedChunk]],
    *,
    retry: RetryOptions,
) -> list[SealedChunk]:
    """Send chunks, and return those whose requests do not work any longer.

    What the store has already stays there. Raises `StoreUnavailableError` and such.
    """
    late: list[SealedChunk] = []

    async def send(pair: tuple[SignedChunk, SealedChunk]) -> None:
        request, chunk = pair

        async def attempt() -> None:
            try:
                await client.chunks.put(request, chunk.frame)
            except LinkExpiredError:
                late.append(chunk)

        await retrying(attempt, options=retry, only=StoreUnavailableError)

    await for_each(_each(chunks), send, at_once=CHUNKS_AT_ONCE)
    return late


async def fetch_all(
    client: AsyncClient, requests: Sequence[SignedChunk], *, retry: RetryOptions
) -> tuple[dict[ChunkId, bytes], dict[ChunkId, LinkExpiredError]]:
    """Return the frames of chunks, unverified, and why the requests of others work no longer."""
    frames: dict[ChunkId, bytes] = {}
    refused: dict[ChunkId, LinkExpiredError] = {}

    async def fetch(request: SignedChunk) -> None:
        chunk = ChunkId(request.id)

        async def attempt() -> None:
            try:
                frames[chunk] = await client.chunks.fetch(request, most=MOST_BYTES)
            except LinkExpiredError as error:
                refused[chunk] = error
            except ObjectChangedError:
                # Larger than any frame: whoever opens what is given says that it is damaged.
                frames[chunk] = b""

        await retrying(attempt, options=retry, only=StoreUnavailableError)

    await for_each(_each(requests), fetch, at_once=CHUNKS_AT_ONCE)
    return frames, refused


async def _each(items: Sequence[T]) -> AsyncIterator[T]:
    for item in items:
        yield item
