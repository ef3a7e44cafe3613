"""Writing one file: its chunks in parallel, verified, aside, and then into place."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
from blake3 import blake3

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.checkout.places import OpenFolder
from keyshelf.repositories.formats import ids
from keyshelf.repositories.formats.entries import HAS_HOLES, FileEntry
from keyshelf.repositories.formats.nodes import ChunkRef
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.trees import chunks_of

_READ_AHEAD = 32
_BLOCK = 4096
_READ_BYTES = 8 * 1024 * 1024

OnBytes = Callable[[int], None]


async def write_file(
    reader: Reader, folder: OpenFolder, entry: FileEntry, *, on_bytes: OnBytes
) -> None:
    """Write a file aside and give it its name when all of it is there and durable.

    A crash leaves the part file, and the next try goes on after the bytes of it that
    are right. Raises what reading raises; then the old file is as it was.
    """
    part = _part_name(entry.name)
    descriptor = await anyio.to_thread.run_sync(folder.create, part)
    try:
        await _fill(reader, descriptor, entry, on_bytes)
        await anyio.to_thread.run_sync(_finish, descriptor, entry)
    finally:
        os.close(descriptor)
    await anyio.to_thread.run_sync(folder.replace, entry.name, part)


def is_content(descriptor: int, entry: FileEntry) -> bool:
    """Say whether an open file holds the bytes of an entry; reads all of it."""
    hasher, offset = blake3(), 0
    while block := os.pread(descriptor, _READ_BYTES, offset):
        hasher.update(block)
        offset += len(block)
    return offset == entry.size and (not entry.size or hasher.digest() == entry.hash)


@dataclass(slots=True)
class _Piece:
    """A chunk on its way into its place in a file."""

    ref: ChunkRef
    offset: int
    is_there: anyio.Event = field(default_factory=anyio.Event)
    content: bytes | None = None
    """None when these bytes lie in the file already."""


async def _fill(reader: Reader, descriptor: int, entry: FileEntry, on_bytes: OnBytes) -> None:
    if entry.content is None:
        await anyio.to_thread.run_sync(os.ftruncate, descriptor, 0)
        return
    left = os.fstat(descriptor).st_size  # of a try before
    holes_from = left if entry.flags & HAS_HOLES else entry.size
    send, receive = anyio.create_memory_object_stream[_Piece](_READ_AHEAD)

    async def read(piece: _Piece) -> None:
        if not left or not await anyio.to_thread.run_sync(_lies_there, reader, descriptor, piece):
            (piece.content,) = await reader.chunks([ChunkId(piece.ref.id.hex())])
        piece.is_there.set()

    async def read_ahead(content: bytes) -> None:
        offset = 0
        async with send:
            async for ref in chunks_of(reader.node, content, entry.size, entry.depth):
                piece = _Piece(ref, offset)
                await send.send(piece)
                group.start_soon(read, piece)
                offset += ref.size

    async with anyio.create_task_group() as group, receive:
        group.start_soon(read_ahead, entry.content)
        async for piece in receive:
            await piece.is_there.wait()
            if piece.content is not None:
                await anyio.to_thread.run_sync(_write, descriptor, piece, holes_from)
            on_bytes(piece.ref.size)
    await anyio.to_thread.run_sync(os.ftruncate, descriptor, entry.size)


def _lies_there(reader: Reader, descriptor: int, piece: _Piece) -> bool:
    content = os.pread(descriptor, piece.ref.size, piece.offset)
    keys = reader.carrier.repository.keys
    return len(content) == piece.ref.size and ids.chunk_id(content, keys) == piece.ref.id.hex()


def _write(descriptor: int, piece: _Piece, holes_from: int) -> None:
    content, offset = piece.content or b"", piece.offset
    # Beyond what a try before has left, zeros need no writing: a hole reads as zeros.
    begin = 0
    while begin < len(content):
        if offset + begin < holes_from:
            end = min(len(content), holes_from - offset)
        else:
            end = min(begin + _BLOCK - (offset + begin) % _BLOCK, len(content))
        is_hole = offset + begin >= holes_from and not any(content[begin:end])
        if not is_hole:
            _write_all(descriptor, content[begin:end], offset + begin)
        begin = end


def _write_all(descriptor: int, content: bytes, offset: int) -> None:
    written = 0
    while written < len(content):
        written += os.pwrite(descriptor, content[written:], offset + written)


def _finish(descriptor: int, entry: FileEntry) -> None:
    os.fchmod(descriptor, entry.mode)
    os.utime(descriptor, ns=(entry.mtime, entry.mtime))
    os.fsync(descriptor)


def _part_name(name: bytes) -> bytes:
    return b".keyshelf-" + blake3(name).hexdigest()[:16].encode() + b".part"
