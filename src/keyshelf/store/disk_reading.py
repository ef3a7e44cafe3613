"""An object of a disk store being read."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Self

from keyshelf.store.base import ByteRange, ObjectMeta
from keyshelf.store.disk_writing import PIECE_BYTES
from keyshelf.store.errors import ObjectChangedError

ReadAt = Callable[[int, int, int], Awaitable[bytes]]
"""Reads from a descriptor so many bytes at an offset, in a thread."""


class OpenedRange:
    """A part of an open file, with its first bytes already read. Closes itself at the latest."""

    def __init__(self, file: int, meta: ObjectMeta, start: int, end: int) -> None:
        self.meta = meta
        self.start = start
        self.end = end
        self.file = file
        self.first = b""

    def read_first(self) -> Self:
        """Read the first piece: a small object then needs no second thread."""
        self.first = os.pread(self.file, min(PIECE_BYTES, self.end - self.start), self.start)
        if self.start + len(self.first) == self.end:
            self.close()
        return self

    def close(self) -> None:
        """Let go of the file; twice is fine."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1

    def __del__(self) -> None:
        self.close()


def read_whole(file: int, size: int) -> bytes:
    """Return all bytes of an open file. Raises `ObjectChangedError` when there are fewer."""
    data = os.read(file, size)
    while len(data) < size:
        more = os.read(file, size - len(data))
        if not more:
            raise ObjectChangedError("the file was cut short while it was read")
        data += more
    return data


class DiskReader:
    """Reads the file that an object was when it was opened, whatever becomes of its name."""

    def __init__(self, opened: OpenedRange, read_at: ReadAt) -> None:
        self._opened = opened
        self._read_at = read_at

    @property
    def meta(self) -> ObjectMeta:
        """The whole object's facts."""
        return self._opened.meta

    @property
    def range(self) -> ByteRange:
        """The bytes that this reader gives; no end when there are none."""
        return ByteRange(self._opened.start, self._opened.end or None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the bytes in pieces of a MiB."""
        opened = self._opened
        position = opened.start
        piece = opened.first
        while position < opened.end:
            if not piece:
                wanted = min(PIECE_BYTES, opened.end - position)
                piece = await self._read_at(opened.file, wanted, position)
            if not piece:
                raise ObjectChangedError("the file was cut short while it was read")
            position += len(piece)
            yield piece
            piece = b""

    async def read(self) -> bytes:
        """Return all bytes of the range."""
        return b"".join([piece async for piece in self])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opened.close()
