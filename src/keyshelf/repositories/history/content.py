"""The bytes of a file, or some of them: only the chunks that hold them are read."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from keyshelf.errors import Error, IntegrityError
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats.entries import FileEntry
from keyshelf.repositories.formats.nodes import ChunkRef, DamagedNodeError
from keyshelf.repositories.history.lists import FileChunks
from keyshelf.repositories.paths import path_shown, path_text
from keyshelf.repositories.reading import DamagedObjectError, LostObjectError, Reader
from keyshelf.store.errors import NeedsRestoreError

_BATCH_BYTES = 4 * 1024 * 1024
_BATCH_CHUNKS = 500


class DamagedFileError(IntegrityError):
    """Bytes of a committed file are lost or changed; the extras name the file and the chunk."""

    code = "damaged-file"


async def content(
    reader: Reader,
    entry: FileEntry,
    *,
    start: int = 0,
    end: int | None = None,
    path: bytes | None = None,
) -> AsyncGenerator[bytes]:
    """Give the bytes of a file from `start` up to `end`, verified, in pieces.

    A range that goes beyond the file ends with it. `path` is for messages. While pieces
    are used the next are read: up to 8 MiB and two chunks are held. Raises
    `DamagedFileError` where bytes are lost, after those before them, and there
    `NeedsRestoreError` where they are in a class that must be restored. Close it when it
    is left early.
    """
    end = entry.size if end is None else min(end, entry.size)
    batches = _Batches(reader, entry, start, end)
    # No task group: a generator may be closed by another task than the one that uses it,
    # and a group may not.
    ahead = asyncio.create_task(batches.next())
    try:
        while pieces := await _told(ahead, path or entry.name, entry.size):
            ahead = asyncio.create_task(batches.next())
            for piece in pieces:
                yield piece
    finally:
        ahead.cancel()
        await asyncio.gather(ahead, return_exceptions=True)


@dataclass(slots=True)
class _Piece:
    ref: ChunkRef
    begin: int
    end: int


class _Batches:
    def __init__(self, reader: Reader, entry: FileEntry, start: int, end: int) -> None:
        self._reader = reader
        self._chunks = FileChunks(reader, entry, start=start)
        self._start = start
        self._end = end

    async def next(self) -> Sequence[bytes]:
        """Return the next pieces; none at the end."""
        batch: list[_Piece] = []
        size = 0
        while self._start < self._end and size < _BATCH_BYTES and len(batch) < _BATCH_CHUNKS:
            piece = await self._next_piece()
            size += piece.ref.size
            batch.append(piece)
        if not batch:
            return []
        contents = await self._reader.chunks([ChunkId(piece.ref.id.hex()) for piece in batch])
        return [_cut(*each) for each in zip(batch, contents, strict=True)]

    async def _next_piece(self) -> _Piece:
        ref = await self._chunks.next()
        if ref is None:
            raise DamagedNodeError("the list of its chunks ends before it does")
        begins = self._chunks.offset - ref.size
        piece = _Piece(ref, self._start - begins, min(self._end - begins, ref.size))
        self._start = self._chunks.offset
        return piece


def _cut(piece: _Piece, found: bytes) -> bytes:
    if len(found) != piece.ref.size:
        raise DamagedObjectError(
            f"the chunk {piece.ref.id.hex()} has {len(found)} bytes and not {piece.ref.size}",
            chunk=piece.ref.id.hex(),
        )
    return found if len(found) == piece.end - piece.begin else found[piece.begin : piece.end]


async def _told(ahead: "asyncio.Task[Sequence[bytes]]", path: bytes, size: int) -> Sequence[bytes]:
    try:
        return await ahead
    except (DamagedObjectError, DamagedNodeError, LostObjectError) as error:
        raise _damaged(path, error) from error
    except NeedsRestoreError as error:
        detail = f"'{path_shown(path)}' cannot be read: {error.detail}"
        told = {**error.extras, "path": path_text(path), "size": size}
        raise NeedsRestoreError(detail, **told) from error


def _damaged(path: bytes, error: Error) -> DamagedFileError:
    chunk = error.extras.get("chunk")
    named = {"chunk": chunk} if chunk else {}
    return DamagedFileError(
        f"'{path_shown(path)}' is damaged: {error.detail}", path=path_text(path), **named
    )
