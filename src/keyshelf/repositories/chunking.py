"""Cutting files into chunks where their content says, so that an edit changes few of them."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from pyfastcdc import FastCDC

BLOCK_BYTES = 1024 * 1024
"""How much of a file is read at once: enough that most cuts fall inside, and
little enough to stay near the processor."""


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


@dataclass(frozen=True, slots=True)
class Block:
    """Some bytes of a file and where they are cut, so that every piece is a whole chunk."""

    content: memoryview
    ends: list[int]
    """Where each chunk ends; the first begins at 0."""

    def chunks(self) -> Iterator[memoryview]:
        """Give the chunks; each holds the whole block as long as somebody holds it."""
        begin = 0
        for end in self.ends:
            yield self.content[begin:end]
            begin = end


@dataclass(frozen=True, slots=True)
class Buffers:
    """Memory for blocks: each piece is given again when nobody holds any of it.

    Fresh memory costs the system about as much as hashing what is read into it. What was
    given last is given first, while the processor has it near. For any number of threads.
    """

    _all: deque[bytearray] = field(default_factory=deque[bytearray])

    def take(self, size: int) -> memoryview:
        """Return so many bytes or more, with anything in them."""
        for _ in range(len(self._all)):
            try:
                buffer = self._all.pop()
            except IndexError:  # another thread looks through them
                break
            if _is_free(buffer) and len(buffer) >= size:
                return self._given(buffer)
            self._all.appendleft(buffer)
        return self._given(bytearray(size))

    def _given(self, buffer: bytearray) -> memoryview:
        content = memoryview(buffer)
        self._all.append(buffer)
        return content


def _is_free(buffer: bytearray) -> bool:
    """Say whether there is no view of it: what anybody views cannot change its size."""
    try:
        buffer.append(buffer.pop())
    except BufferError:
        return False
    return True


def blocks_of(
    file: Readable, cutting: Cutting, size: int, buffers: Buffers | None = None
) -> Iterator[Block]:
    """Give a file in blocks of about 1 MiB; where chunks end depends on its bytes alone.

    `size` is about how many bytes the file has, so that no more memory is taken. Large
    files are read into `buffers`.
    """
    buffers = buffers or Buffers()
    rest = memoryview(b"")
    if size <= cutting.min_bytes:  # one chunk, for which nothing need be cut
        first = memoryview(bytearray(size + 1))
        rest = first[: _fill(file, first)]
        if len(rest) <= size:
            if rest:
                yield Block(rest, [len(rest)])
            return
    cutter = FastCDC(
        cutting.average_bytes,
        min_size=cutting.min_bytes,
        max_size=cutting.max_bytes,
        normalized_chunking=1,
    )
    ends, left = False, size + 1 - len(rest)  # one byte more shows that the file ends
    while not ends:
        more = min(BLOCK_BYTES, left) if left > 0 else BLOCK_BYTES
        if more < BLOCK_BYTES:
            block = memoryview(bytearray(len(rest) + more))
        else:
            block = buffers.take(cutting.max_bytes + more)[: len(rest) + more]
        block[: len(rest)] = rest
        filled = len(rest) + _fill(file, block[len(rest) :])
        left -= filled - len(rest)
        ends = filled < len(block)
        block, cuts, cut = block[:filled], list[int](), 0
        for chunk in cutter.cut_buf(block):
            end = chunk.offset + chunk.length
            # Where a chunk ends is decided by what is before its end: only one that ends
            # with the block might be longer if more of the file were there to see.
            if end == filled and not ends:
                break
            cuts.append(end)
            cut = end
        if cuts:
            yield Block(block[:cut], cuts)
        rest = block[cut:]


def chunks_of(file: Readable, cutting: Cutting) -> Iterator[memoryview]:
    """Give the chunks of a file in order, the same whatever `file` returns at a time."""
    for block in blocks_of(file, cutting, BLOCK_BYTES):
        yield from block.chunks()


def _fill(file: Readable, block: memoryview) -> int:
    """Read until `block` is full or the file ends; returns how many bytes came."""
    filled = 0
    while filled < len(block) and (count := file.readinto(block[filled:])):
        filled += count
    return filled
