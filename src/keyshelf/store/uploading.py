"""A stream of unknown length into a store that wants lengths: one put, or parts."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import anyio

from keyshelf.concurrency import map_each, shielded
from keyshelf.errors import Error
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    MAX_OBJECT_BYTES,
    MAX_PART_BYTES,
    MAX_PARTS,
    Body,
    CompletedPart,
    ObjectMeta,
    Part,
    PutOptions,
    WriteCondition,
)
from keyshelf.store.errors import ObjectTooLargeError
from keyshelf.store.local_rules import body_pieces

_MIB = 2**20
_ABORT_SECONDS = 20
_MOST_DOUBLINGS = 8


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """Where a body stops being one request."""

    part_bytes: int = 8 * _MIB
    """The size of the first parts; a shorter stream is put in one request. Every
    thousand parts it doubles, up to 256 times, so that 10,000 parts hold more than 5 TiB
    while the usual stream needs little memory."""
    single_put_bytes: int = 100 * 10**6
    """The most bytes of a body in memory that are put in one request."""
    object_bytes: int = MAX_OBJECT_BYTES
    at_once: int = 3


class PartsTarget(Protocol):
    """What a stream is uploaded to."""

    async def put_bytes(self, key: ObjectKey, body: bytes, options: PutOptions) -> ObjectMeta:
        """Write an object in one request."""
        ...

    async def create_upload(self, key: ObjectKey, options: PutOptions = ...) -> str:
        """Begin a multipart upload."""
        ...

    async def upload_part(self, key: ObjectKey, upload_id: str, number: int, body: bytes) -> Part:
        """Write one part."""
        ...

    async def complete_upload(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: list[CompletedPart],
        *,
        condition: WriteCondition,
    ) -> ObjectMeta:
        """Make the object of its parts."""
        ...

    async def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """Drop an upload."""
        ...


async def put_body(
    target: PartsTarget, key: ObjectKey, body: Body, options: PutOptions, limits: StreamLimits
) -> ObjectMeta:
    """Write an object whole or not at all: in one request when it is small, or in parts.

    Raises `ObjectTooLargeError` for more than an object may have: at once, or as soon as a
    stream is that long.
    """
    if not isinstance(body, bytes):
        return await put_stream(target, key, body, options, limits)
    if len(body) <= limits.single_put_bytes:
        return await target.put_bytes(key, body, options)
    pieces = body_pieces(body, max_bytes=limits.part_bytes)
    return await put_stream(target, key, pieces, options, limits)


async def put_stream(
    target: PartsTarget,
    key: ObjectKey,
    body: AsyncIterator[bytes],
    options: PutOptions,
    limits: StreamLimits,
) -> ObjectMeta:
    """Write a stream whole or not at all, holding a few parts in memory.

    A failure or cancellation aborts the upload. A crash leaves an open upload, which
    is no object; the store's sweep of old uploads removes it.
    """
    parts = _cut(body, limits)
    start = [part async for part in _first_two(parts)]
    if len(start) < 2:
        return await target.put_bytes(key, start[0][1] if start else b"", options)
    # Shielded: nobody could abort an upload that began while we were being cancelled.
    upload_id = await shielded(target.create_upload(key, options))
    async with aborted_on_failure(lambda: target.abort_upload(key, upload_id)):
        completed = await _send_all(target, key, upload_id, _chain(start, parts), limits)
        return await target.complete_upload(key, upload_id, completed, condition=options.condition)


@asynccontextmanager
async def aborted_on_failure(abort: Callable[[], Awaitable[None]]) -> AsyncGenerator[None]:
    """Abort an upload when the block fails or is cancelled; what went wrong goes on.

    An upload that cannot be aborted stays open, which the error then says.
    """
    try:
        yield
    except BaseException as failure:
        with anyio.move_on_after(_ABORT_SECONDS, shield=True):
            try:
                await abort()
            except Error as error:
                failure.add_note(f"the upload stays open: {error.detail}")
        raise


async def _send_all(
    target: PartsTarget,
    key: ObjectKey,
    upload_id: str,
    parts: AsyncIterator[tuple[int, bytes]],
    limits: StreamLimits,
) -> list[CompletedPart]:
    async def send(part: tuple[int, bytes]) -> CompletedPart:
        number, data = part
        sent = await target.upload_part(key, upload_id, number, data)
        return CompletedPart(number=number, etag=sent.etag)

    return await map_each(parts, send, at_once=limits.at_once)


def part_bytes(number: int, limits: StreamLimits) -> int:
    """Return the size of a part of a stream that does not end in it."""
    return min(limits.part_bytes << min((number - 1) // 1000, _MOST_DOUBLINGS), MAX_PART_BYTES)


async def _cut(
    body: AsyncIterator[bytes], limits: StreamLimits
) -> AsyncIterator[tuple[int, bytes]]:
    number, held, total = 1, bytearray(), 0
    async for piece in body:
        held += piece
        total += len(piece)
        if total > limits.object_bytes:
            raise ObjectTooLargeError(
                f"an object has at most {limits.object_bytes} bytes, and this stream has more",
                max_bytes=limits.object_bytes,
            )
        while len(held) > (size := part_bytes(number, limits)):
            # The last part may be whole but never empty: a part leaves only when more follows.
            if number == MAX_PARTS:
                raise ObjectTooLargeError("the stream is longer than 10,000 parts can hold")
            yield number, bytes(memoryview(held)[:size])
            del held[:size]
            number += 1
    if held:
        yield number, bytes(held)


async def _first_two(parts: AsyncIterator[tuple[int, bytes]]) -> AsyncIterator[tuple[int, bytes]]:
    for _ in range(2):
        try:
            part = await anext(parts)
        except StopAsyncIteration:
            return
        yield part


async def _chain(
    start: list[tuple[int, bytes]], rest: AsyncIterator[tuple[int, bytes]]
) -> AsyncIterator[tuple[int, bytes]]:
    # Taken from the list, so that a part is let go when it has been sent.
    while start:
        yield start.pop(0)
    async for part in rest:
        yield part
