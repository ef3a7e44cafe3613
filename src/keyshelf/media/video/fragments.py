"""Fragmented MP4 as FFmpeg writes it: `ftyp`, `moov`, then pairs of `moof` and `mdat`.

The boxes are those of ISO/IEC 14496-12; of a `moof` the number of its samples (`trun`) and the
time of the first (`tfdt`) are read.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from keyshelf.errors import IntegrityError

_HEADER = struct.Struct(">I4s")
_LARGE = struct.Struct(">Q")
_MOST_IN_MEMORY = 16 * 2**20
_COPIED_AT_ONCE = 2**20


class BrokenFragmentsError(IntegrityError):
    """What was encoded is not cut where it must be. Nothing of it was kept."""

    code = "media-broken-fragments"


@dataclass(frozen=True, slots=True)
class Fragment:
    """One keyframe and the frames after it."""

    time: int
    """Of its first frame, in the track's own units."""
    samples: int


@dataclass(frozen=True, slots=True)
class Fragments:
    """What a file holds."""

    header: str
    """The SHA-256 of what a player needs before the first fragment."""
    header_bytes: int
    fragments: tuple[Fragment, ...]

    @property
    def samples(self) -> int:
        """How many frames there are."""
        return sum(each.samples for each in self.fragments)


def read_fragments(path: Path) -> Fragments:
    """Return what a file of one track holds. Raises `BrokenFragmentsError`."""
    head = sha256()
    header_bytes = 0
    fragments: list[Fragment] = []
    with path.open("rb") as file:
        for kind, size in _boxes(file, path.stat().st_size):
            if kind in {b"ftyp", b"moov"} and not fragments:
                body = _read(file, size)
                head.update(kind + body)
                header_bytes = file.tell()
            elif kind == b"moof":
                fragments.append(_fragment(_read(file, size)))
            elif kind == b"mdat":
                file.seek(size, os.SEEK_CUR)
            else:
                raise BrokenFragmentsError(f"a box {kind!r} is where none may be")
    return Fragments(head.hexdigest(), header_bytes, tuple(fragments))


def drop_header(path: Path, header_bytes: int) -> None:
    """Take the first bytes off a file, so that it can follow another. Not to be done twice."""
    shorter = path.with_suffix(".rest")
    with path.open("rb") as source, shorter.open("xb") as target:
        source.seek(header_bytes)
        while chunk := source.read(_COPIED_AT_ONCE):
            target.write(chunk)
    shorter.replace(path)


def _boxes(file: BinaryIO, end: int) -> Iterator[tuple[bytes, int]]:
    """Give the kind and the size of each box's body; the file stands at its first byte."""
    while file.tell() < end:
        size, kind = _HEADER.unpack(_read(file, _HEADER.size))
        body = size - _HEADER.size
        if size == 1:
            body = _LARGE.unpack(_read(file, _LARGE.size))[0] - _HEADER.size - _LARGE.size
        if not 0 <= body <= end - file.tell():
            raise BrokenFragmentsError("a box is longer than its file")
        yield kind, body


def _read(file: BinaryIO, size: int) -> bytes:
    if size > _MOST_IN_MEMORY or len(data := file.read(size)) < size:
        raise BrokenFragmentsError("a box is cut off, or too long")
    return data


def _fragment(moof: bytes) -> Fragment:
    time, samples = 0, 0
    for kind, body in _inside(moof):
        if kind == b"traf":
            for inner, content in _inside(body):
                if inner == b"tfdt":
                    # Its first byte is its version: 1 has times of 64 bits.
                    time = _number(content, 4, 12 if _number(content, 0, 1) else 8)
                elif inner == b"trun":
                    samples += _number(content, 4, 8)
    return Fragment(time, samples)


def _number(content: bytes, start: int, end: int) -> int:
    if len(content) < end:
        raise BrokenFragmentsError("a box ends before what it must hold")
    return int.from_bytes(content[start:end], "big")


def _inside(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(body):
        if at + _HEADER.size > len(body):
            raise BrokenFragmentsError("a box ends before what it must hold")
        size, kind = _HEADER.unpack_from(body, at)
        if size < _HEADER.size or at + size > len(body):
            raise BrokenFragmentsError("a box is longer than the one it is in")
        yield kind, body[at + _HEADER.size : at + size]
        at += size
