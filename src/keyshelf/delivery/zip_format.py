"""The bytes of a ZIP archive that is written once, from front to back.

Sizes and checksums follow each file's bytes (a data descriptor), because they are
not known before. ZIP64 records appear where the old ones are too narrow. Names are
UTF-8, times are kept to the second in UTC beside the local ones of the old format.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol

_NARROW = 0xFFFFFFFF
_MANY = 0xFFFF
_FLAGS = 0x0808
"""Sizes come after the bytes; the name is UTF-8."""
_VERSION, _VERSION_64 = 20, 45
_MADE_BY_UNIX = 3 << 8
_FILE_MODE = 0o100644
_FOLDER_ATTRIBUTES = 0o40755 << 16 | 0x10
_PIECE_BYTES = 64 * 1024


class Method(IntEnum):
    """How a file's bytes are kept, as the format numbers it."""

    STORED = 0
    DEFLATED = 8


class Scratch(Protocol):
    """A file to put the list of files into until the archive ends."""

    def write(self, data: bytes, /) -> int:
        """Add bytes at the end."""
        ...

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end."""
        ...

    def seek(self, offset: int, /) -> int:
        """Go to a place."""
        ...

    def tell(self) -> int:
        """Return the place."""
        ...


class _Deflater(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


@dataclass(slots=True)
class _Entry:
    name: bytes
    method: Method
    at: datetime
    offset: int
    is_wide: bool
    mode: int = _FILE_MODE
    crc: int = 0
    size: int = 0
    packed: int = 0


class ZipWriter:
    """Makes the parts of an archive in order; the caller sends each of them on at once.

    `directory` is a scratch file for the list at the end of the archive, so that
    memory does not grow with the number of files.
    """

    def __init__(self, directory: Scratch) -> None:
        self._directory = directory
        self._offset = 0
        self._count = 0
        self._entry: _Entry | None = None
        self._deflate: _Deflater | None = None

    def begin(
        self, path: str, *, size: int, at: datetime, method: Method, mode: int = _FILE_MODE
    ) -> bytes:
        """Begin a file of `size` bytes; `mode` is its type and permissions, as Unix has them."""
        # Deflating bytes that cannot be packed makes them a little longer.
        is_wide = size + (size >> 10) + 1024 >= _NARROW
        self._entry = _Entry(path.encode(), method, at, self._offset, is_wide, mode)
        if method is Method.DEFLATED:
            self._deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        return self._sent(_local_header(self._entry, _FLAGS))

    def write(self, data: bytes) -> bytes:
        """Add bytes to the file; may return none yet. Deflating takes time: use a thread."""
        entry = self._current()
        entry.crc = zlib.crc32(data, entry.crc)
        entry.size += len(data)
        packed = data if self._deflate is None else self._deflate.compress(data)
        entry.packed += len(packed)
        return self._sent(packed)

    def end(self) -> bytes:
        """End the file."""
        entry = self._current()
        rest = b"" if self._deflate is None else self._deflate.flush()
        entry.packed += len(rest)
        sizes = struct.pack("<QQ" if entry.is_wide else "<LL", entry.packed, entry.size)
        self._list(entry, _FLAGS, entry.mode << 16)
        self._entry = self._deflate = None
        return self._sent(rest + struct.pack("<4sL", b"PK\x07\x08", entry.crc) + sizes)

    def folder(self, path: str, *, at: datetime) -> bytes:
        """Add an empty folder."""
        entry = _Entry(f"{path}/".encode(), Method.STORED, at, self._offset, is_wide=False)
        flags = _FLAGS & ~0x0008
        self._list(entry, flags, _FOLDER_ATTRIBUTES)
        return self._sent(_local_header(entry, flags))

    def finish(self) -> Iterator[bytes]:
        """Give the list of all files, which ends the archive."""
        start = self._offset
        size = self._directory.tell()
        self._directory.seek(0)
        while piece := self._directory.read(_PIECE_BYTES):
            yield self._sent(piece)
        if self._count >= _MANY or size >= _NARROW or start >= _NARROW:
            yield _end_64(self._count, size, start)
        count = min(self._count, _MANY)
        yield struct.pack(
            "<4sHHHHLLH",
            b"PK\x05\x06",
            0,
            0,
            count,
            count,
            min(size, _NARROW),
            min(start, _NARROW),
            0,
        )

    def _current(self) -> _Entry:
        if self._entry is None:
            raise ValueError("no file was begun")
        return self._entry

    def _sent(self, data: bytes) -> bytes:
        self._offset += len(data)
        return data

    def _list(self, entry: _Entry, flags: int, attributes: int) -> None:
        wide = [each for each in (entry.size, entry.packed, entry.offset) if each >= _NARROW]
        extra = _time_extra(entry.at)
        if wide:
            extra += struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide)
        needed = _VERSION_64 if wide or entry.is_wide else _VERSION
        time, date = _dos_time(entry.at)
        self._count += 1
        self._directory.write(
            struct.pack(
                "<4sHHHHHHLLLHHHHHLL",
                b"PK\x01\x02",
                _MADE_BY_UNIX | _VERSION_64,
                needed,
                flags,
                entry.method,
                time,
                date,
                entry.crc,
                min(entry.packed, _NARROW),
                min(entry.size, _NARROW),
                len(entry.name),
                len(extra),
                0,
                0,
                0,
                attributes,
                min(entry.offset, _NARROW),
            )
            + entry.name
            + extra
        )


def _local_header(entry: _Entry, flags: int) -> bytes:
    extra = _time_extra(entry.at)
    size = 0
    if entry.is_wide:
        extra += struct.pack("<HHQQ", 1, 16, 0, 0)
        size = _NARROW
    time, date = _dos_time(entry.at)
    return (
        struct.pack(
            "<4sHHHHHLLLHH",
            b"PK\x03\x04",
            _VERSION_64 if entry.is_wide else _VERSION,
            flags,
            entry.method,
            time,
            date,
            0,
            size,
            size,
            len(entry.name),
            len(extra),
        )
        + entry.name
        + extra
    )


def _end_64(count: int, size: int, start: int) -> bytes:
    record = struct.pack(
        "<4sQHHLLQQQQ",
        b"PK\x06\x06",
        44,
        _MADE_BY_UNIX | _VERSION_64,
        _VERSION_64,
        0,
        0,
        count,
        count,
        size,
        start,
    )
    return record + struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)


def _time_extra(at: datetime) -> bytes:
    seconds = max(-(2**31), min(int(at.timestamp()), 2**31 - 1))
    return struct.pack("<HHBl", 0x5455, 5, 1, seconds)


def _dos_time(at: datetime) -> tuple[int, int]:
    if not 1980 <= at.year <= 2107:
        return 0, 1 << 5 | 1
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (at.year - 1980) << 9 | at.month << 5 | at.day
