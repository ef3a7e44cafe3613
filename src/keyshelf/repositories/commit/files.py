"""Reading one file into the repository: cut, identify, send."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import anyio.to_thread
from blake3 import blake3

from keyshelf.errors import ConflictError
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.chunking import Cutting, chunks_of
from keyshelf.repositories.formats import ids
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.nodes import ChunkRef, NodeKind
from keyshelf.repositories.scanning import FolderUnreadableError, Found, look
from keyshelf.repositories.sending import Sender
from keyshelf.repositories.trees import TreeBuilder

TRIES = 3
_CHUNKS_AT_ONCE = 128
OnBytes = Callable[[int], None]
"""Told how many bytes were read."""


class FileChangingError(ConflictError):
    """A file changes faster than it can be read; the detail names it. Commit again later."""

    code = "file-changing"


@dataclass(frozen=True, slots=True)
class FileContent:
    """Where the bytes of a file are, and their hash."""

    size: int
    content: bytes | None
    depth: int
    hash: bytes


async def send_file(
    sender: Sender, path: bytes, found: Found, *, on_bytes: OnBytes
) -> tuple[Found, FileContent]:
    """Send the chunks of a file that are new, and return where all of them are.

    The file is looked at again when it was read; if it changed meanwhile it is read
    anew, and after three times `FileChangingError` is raised. Holds a few blocks.
    """
    for _ in range(TRIES):
        content = await _send_once(sender, path, on_bytes)
        again = await anyio.to_thread.run_sync(look, path)
        if again == found and content.size == found.size:
            return found, content
        found = again
    shown = os.fsdecode(path).encode(errors="replace").decode()
    raise FileChangingError(f"{shown} changes while it is read")


async def _send_once(sender: Sender, path: bytes, on_bytes: OnBytes) -> FileContent:
    repository = sender.repository
    whole = blake3()
    builder = TreeBuilder[ChunkRef](NodeKind.LIST, partial(_put_node, sender))
    size = count = 0
    only = ChunkRef(b"", 0)
    chunks = _Chunks(path, repository.cutting, repository.keys, whole)
    try:
        while batch := await anyio.to_thread.run_sync(chunks.next_batch):
            for chunk, content in batch:
                await sender.add(chunk, content)
                only = ChunkRef(bytes.fromhex(chunk), len(content))
                await builder.add(only)
                size, count = size + len(content), count + 1
            on_bytes(sum(len(content) for _, content in batch))
    finally:
        chunks.close()
    if count < 2:
        return FileContent(size, only.id or None, 0, whole.digest() if count else b"")
    root = await builder.finish()
    return FileContent(size, root.id, root.depth, whole.digest())


async def _put_node(sender: Sender, content: bytes) -> bytes:
    node = sender.id_of(content)
    await sender.add(node, content)
    return bytes.fromhex(node)


class _Chunks:
    """The chunks of a file with their ids, some at a time: for a thread to make."""

    def __init__(self, path: bytes, cutting: Cutting, keys: Keys | None, whole: blake3) -> None:
        try:
            # Without O_NOFOLLOW a link that came in place of the file would be followed out.
            number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError as error:
            shown = os.fsdecode(path).encode(errors="replace").decode()
            raise FolderUnreadableError(f"{shown} cannot be read: {error.strerror}") from error
        self._file = os.fdopen(number, "rb", buffering=0)
        self._keys = keys
        self._whole = whole
        self._chunks: Iterator[memoryview] = chunks_of(self._file, cutting)

    def next_batch(self) -> list[tuple[ChunkId, memoryview]]:
        """Return the next chunks with their ids; none at the end."""
        batch: list[tuple[ChunkId, memoryview]] = []
        for content in self._chunks:
            self._whole.update(content)
            batch.append((ids.chunk_id(content, self._keys), content))
            if len(batch) == _CHUNKS_AT_ONCE:
                break
        return batch

    def close(self) -> None:
        """Close the file."""
        self._file.close()
