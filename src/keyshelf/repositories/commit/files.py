"""Reading files into the repository: cut, identify, send."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import ENOENT
from io import FileIO
from typing import NamedTuple

import anyio.to_thread
from blake3 import blake3

from keyshelf.errors import ConflictError
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.chunking import Block, Buffers, blocks_of
from keyshelf.repositories.commit.walk import LARGE_BYTES
from keyshelf.repositories.formats import ids
from keyshelf.repositories.formats.ids import Octets
from keyshelf.repositories.formats.nodes import ChunkRef, NodeKind
from keyshelf.repositories.scanning import Found, Kind, found_of, shown, unreadable
from keyshelf.repositories.sending import Sender
from keyshelf.repositories.trees import TreeBuilder
from keyshelf.repositories.values import Repository

TRIES = 3
_NOT_EXPECTED = [False] * TRIES
_BLOCKS_AHEAD = 8
_TAKEN_AT_ONCE = 8 * 1024 * 1024
_ASKED_AT_ONCE = 1000
"""After so many chunks it is asked whether the repository has them, as was expected."""
_OPEN = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
OnBytes = Callable[[int], None]
"""Told how many bytes were read."""


class FileChangingError(ConflictError):
    """A file changes faster than it can be read; the detail names it. Commit again later."""

    code = "file-changing"


class FileContent(NamedTuple):
    """Where the bytes of a file are, and their hash."""

    found: Found
    """The file as it was while it was read."""
    content: bytes | None
    depth: int
    hash: bytes
    has_holes: bool


Chunks = list[tuple[ChunkId, Octets]]


class ReadFile(NamedTuple):
    """A small file that was read."""

    content: FileContent
    chunks: Chunks
    """What is to be sent."""
    expected: Sequence[ChunkId]
    """Chunks whose bytes are not held, for the repository most likely has them."""


@dataclass(slots=True)
class _Reading:
    """Puts together what a file is made of, block by block."""

    repository: Repository
    is_expected: bool
    """Whether the repository most likely has the chunks, so that their bytes are not held."""
    chunks: Chunks = field(default_factory=Chunks)
    """What is to be sent; the nodes above the chunks included."""
    expected: list[ChunkId] = field(default_factory=list[ChunkId])
    """Chunks whose bytes are not held, to be asked about."""
    size: int = 0
    _whole: blake3 = field(default_factory=blake3)
    _only: ChunkRef | None = None
    _list: TreeBuilder[ChunkRef] | None = None

    def take(self, block: Block) -> None:
        """Take the next block."""
        # In one piece it is hashed a half quicker than chunk by chunk.
        self._whole.update(block.content)
        for content in block.chunks():
            chunk = ids.chunk_id(content, self.repository.keys)
            if self.is_expected:
                self.expected.append(chunk)
            else:
                self.chunks.append((chunk, content))
            self._place(ChunkRef(bytes.fromhex(chunk), len(content)))
        self.size += block.content.nbytes

    def take_some(self, blocks: Iterator[Block]) -> bool:
        """Take blocks of about 8 MiB in all; says whether there may be more: for a thread."""
        until = self.size + _TAKEN_AT_ONCE
        for block in blocks:
            self.take(block)
            if self.size >= until:
                return True
        return False

    def finish(self, found: Found, *, has_holes: bool) -> FileContent:
        """Return where the bytes are, when there are no more blocks."""
        if self._list is not None:
            root = self._list.finish()
            return FileContent(found, root.id, root.depth, self._whole.digest(), has_holes)
        if self._only is None:
            return FileContent(found, None, 0, b"", has_holes=False)
        return FileContent(found, self._only.id, 0, self._whole.digest(), has_holes)

    def _place(self, ref: ChunkRef) -> None:
        if self._list is None:
            if self._only is None:
                self._only = ref
                return
            self._list = TreeBuilder[ChunkRef](NodeKind.LIST, self._put)
            self._list.add(self._only)
        self._list.add(ref)

    def _put(self, content: bytes) -> bytes:
        node = ids.chunk_id(content, self.repository.keys)
        self.chunks.append((node, content))
        return bytes.fromhex(node)


async def send_file(
    sender: Sender,
    buffers: Buffers,
    path: bytes,
    found: Found,
    *,
    is_expected: bool,
    in_two_threads: bool,
    on_bytes: OnBytes,
) -> FileContent | None:
    """Send the chunks of a large file that are new, and return where all of them are.

    None when there is no such file any more. Of a file that `is_expected` to be in the
    repository no bytes are held: where it is not, it is read again. A file that changes
    meanwhile is read anew, and after three times `FileChangingError` is raised. Two threads
    serve one file faster, and several files slower: data stays near the processor that
    read it.
    """
    for is_asked in [True, *_NOT_EXPECTED] if is_expected else _NOT_EXPECTED:
        reading = _Reading(sender.repository, is_expected=is_asked)
        try:
            with _opened(path, found.name) as (file, before):
                blocks = blocks_of(file, sender.repository.cutting, before.size, buffers)
                with _ahead(blocks, threads=1 if in_two_threads else 0) as ahead:
                    if not await _send_blocks(sender, reading, ahead, on_bytes):
                        continue
                content = _checked(reading, file.fileno(), before)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unreadable(path, error) from error
        if content is not None:
            await sender.add(reading.chunks)
            return content
    raise _changing(path)


def read_file(
    repository: Repository, path: bytes, found: Found, *, is_expected: bool
) -> ReadFile | None:
    """Read a small file, as `send_file` does, without sending anything: for a thread.

    None when there is no such file any more. Raises `NotSmallError` when it has grown.
    """
    for _ in range(TRIES):
        reading = _Reading(repository, is_expected=is_expected)
        try:
            with _opened(path, found.name) as (file, before):
                if before.size > 2 * LARGE_BYTES:
                    raise NotSmallError
                for block in blocks_of(file, repository.cutting, before.size):
                    reading.take(block)
                content = _checked(reading, file.fileno(), before)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unreadable(path, error) from error
        if content is not None:
            return ReadFile(content, reading.chunks, reading.expected)
    raise _changing(path)


class NotSmallError(Exception):
    """A file has grown since it was listed: it is read as a large one."""


async def _send_blocks(
    sender: Sender, reading: _Reading, blocks: Iterator[Block], on_bytes: OnBytes
) -> bool:
    """Send all; stops and says False when what is expected to be there is not."""
    has_more = True
    while has_more:
        before = reading.size
        has_more = await anyio.to_thread.run_sync(reading.take_some, blocks, limiter=sender.threads)
        chunks, reading.chunks = reading.chunks, []
        await sender.add(chunks)
        on_bytes(reading.size - before)
        if len(reading.expected) >= _ASKED_AT_ONCE or not has_more:
            expected, reading.expected = reading.expected, []
            if not await sender.are_there(expected):
                return False
    return True


@contextmanager
def _ahead(blocks: Iterator[Block], *, threads: int) -> Generator[Iterator[Block]]:
    """Give blocks that another thread reads and cuts while the one before is identified."""
    if not threads:
        yield blocks
        return

    def following() -> Iterator[Block]:
        waiting = deque(thread.submit(next, blocks, None) for _ in range(_BLOCKS_AHEAD))
        while (block := waiting.popleft().result()) is not None:
            waiting.append(thread.submit(next, blocks, None))
            yield block

    with ThreadPoolExecutor(threads) as thread:
        yield following()


@contextmanager
def _opened(path: bytes, name: bytes) -> Generator[tuple[FileIO, Found]]:
    # Without O_NOFOLLOW a link that came in place of the file would be followed out, and
    # without O_NONBLOCK a pipe would be waited for.
    with os.fdopen(os.open(path, _OPEN), "rb", buffering=0) as file:
        before = found_of(name, os.fstat(file.fileno()))
        if before.kind is not Kind.FILE:
            raise FileNotFoundError(ENOENT, "it is no file any more", path)
        yield file, before


def _checked(reading: _Reading, number: int, before: Found) -> FileContent | None:
    after = found_of(before.name, os.fstat(number))
    if after != before or reading.size != before.size:
        return None
    return reading.finish(before, has_holes=before.may_have_holes and _has_hole(number, before))


def _has_hole(number: int, found: Found) -> bool:
    return os.lseek(number, 0, os.SEEK_HOLE) < found.size


def _changing(path: bytes) -> FileChangingError:
    return FileChangingError(
        f"{shown(path)} changes while it is read: commit when nothing writes it"
    )
