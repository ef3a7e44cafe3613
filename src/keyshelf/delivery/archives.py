"""ZIP archives that are made while they are read."""

import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

import anyio.to_thread

from keyshelf.delivery.zip_format import Method, ZipWriter
from keyshelf.delivery.zip_names import member_name

_SCRATCH_BYTES = 4 * 2**20
_SEND_BYTES = 64 * 1024
_INLINE_BYTES = 16 * 1024
_FILE_MODE = 0o100644


@dataclass(frozen=True, slots=True)
class Member:
    """A file or an empty folder of an archive. Folders of files need no member of their own."""

    path: bytes
    """With `/` between names of any bytes; `zip_names` says how it is written."""
    at: datetime
    size: int = 0
    body: AsyncGenerator[bytes] | None = None
    """Exactly `size` bytes; None for a folder."""
    is_packable: bool = False
    """Its bytes are worth compressing."""
    mode: int = _FILE_MODE
    """Type and permissions, as Unix has them."""


async def archive(members: AsyncGenerator[Member]) -> AsyncGenerator[bytes]:
    """Give the bytes of an archive. A member's body is read before the next is asked for.

    Memory does not grow with the number or the size of files. What members raise comes
    through, and what was given then is no whole archive. Raises `PathTooLongError`.
    """
    with tempfile.SpooledTemporaryFile(_SCRATCH_BYTES) as directory:
        writer = ZipWriter(directory)
        pending = bytearray()
        async with aclosing(_pieces(writer, members)) as pieces:
            async for piece in pieces:
                pending += piece
                if len(pending) >= _SEND_BYTES:
                    yield bytes(pending)
                    pending.clear()
        for piece in writer.finish():
            pending += piece
            if len(pending) >= _SEND_BYTES:
                yield bytes(pending)
                pending.clear()
        yield bytes(pending)


async def _pieces(writer: ZipWriter, members: AsyncGenerator[Member]) -> AsyncGenerator[bytes]:
    async with aclosing(members):
        async for member in members:
            path = member_name(member.path)
            if member.body is None:
                yield writer.folder(path, at=member.at)
                continue
            method = Method.DEFLATED if member.is_packable else Method.STORED
            yield writer.begin(
                path, size=member.size, at=member.at, method=method, mode=member.mode
            )
            async with aclosing(member.body) as body:
                async for piece in body:
                    if method is Method.DEFLATED and len(piece) > _INLINE_BYTES:
                        yield await anyio.to_thread.run_sync(writer.write, piece)
                    else:
                        yield writer.write(piece)
            yield writer.end()
