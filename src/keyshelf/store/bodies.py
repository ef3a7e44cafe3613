"""Bodies of any length in bounded memory."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import anyio
from anyio import to_thread

from keyshelf.store.base import Body

_PIECE_BYTES = 1 << 18
_MEMORY_BYTES = 8 * 2**20


@dataclass(frozen=True, slots=True)
class SizedBody:
    """A body whose size is known and that can be sent again."""

    size: int
    content: bytes | IO[bytes]

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give the whole body from its start, whatever was read of it before."""
        if isinstance(self.content, bytes):
            for start in range(0, self.size, _PIECE_BYTES):
                yield self.content[start : start + _PIECE_BYTES]
            return
        await to_thread.run_sync(self.content.seek, 0)
        while piece := await to_thread.run_sync(self.content.read, _PIECE_BYTES):
            yield piece


async def file_pieces(path: Path) -> AsyncIterator[bytes]:
    """Give the bytes of a file as a body."""
    async with await anyio.open_file(path, "rb") as file:
        while piece := await file.read(_PIECE_BYTES):
            yield piece


@asynccontextmanager
async def sized(body: Body, *, memory_bytes: int = _MEMORY_BYTES) -> AsyncGenerator[SizedBody]:
    """Learn the size of a body: past `memory_bytes` it waits in an unnamed temporary file.

    Servers want the size of a request before its first byte.
    """
    if isinstance(body, bytes):
        yield SizedBody(len(body), body)
        return
    start = bytearray()
    async for piece in body:
        start += piece
        if len(start) > memory_bytes:
            break
    else:
        yield SizedBody(len(start), bytes(start))
        return
    file: IO[bytes] = await to_thread.run_sync(TemporaryFile)
    try:
        size = await _spool(file, bytes(start), body)
        yield SizedBody(size, file)
    finally:
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(file.close)


async def _spool(file: IO[bytes], start: bytes, rest: AsyncIterator[bytes]) -> int:
    size = await to_thread.run_sync(file.write, start)
    async for piece in rest:
        size += await to_thread.run_sync(file.write, piece)
    await to_thread.run_sync(file.flush)
    return size
