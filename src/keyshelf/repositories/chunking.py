"""Cutting files into chunks where their content says, so that an edit changes few of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from pyfastcdc import FastCDC

BLOCK_BYTES = 8 * 1024 * 1024
"""How much of a file is read at once: enough that most cuts fall inside."""


class Readable(Protocol):
    """What can be read into a buffer, as files without buffering of their own can."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Read some bytes; 0 at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Cutting:
    """How files are cut; fixed for a repository, so that equal bytes give equal chunks."""

    min_bytes: int = 16 * 1024
    average_bytes: int = 64 * 1024
    max_bytes: int = 256 * 1024


def chunks_of(file: Readable, cutting: Cutting) -> Iterator[memoryview]:
    """Give the chunks of a file in order, the same whatever `file` returns at a time.

    A chunk stays good as long as somebody holds it; it holds its block of 8 MiB.
    """
    cutter = FastCDC(
        cutting.average_bytes,
        min_size=cutting.min_bytes,
        max_size=cutting.max_bytes,
        normalized_chunking=1,
    )
    rest, ends = memoryview(b""), False
    while not ends:
        block = memoryview(bytearray(len(rest) + BLOCK_BYTES))
        block[: len(rest)] = rest
        filled = len(rest) + _fill(file, block[len(rest) :])
        ends = filled < len(block)
        block, cut = block[:filled], 0
        for chunk in cutter.cut_buf(block):
            # A cut counts only if all bytes that decide where it falls were there to see.
            if not ends and filled - chunk.offset < cutting.max_bytes:
                break
            cut = chunk.offset + chunk.length
            yield block[chunk.offset : cut]
        rest = block[cut:]


def _fill(file: Readable, block: memoryview) -> int:
    """Read until `block` is full or the file ends; returns how many bytes came."""
    filled = 0
    while filled < len(block) and (count := file.readinto(block[filled:])):
        filled += count
    return filled
