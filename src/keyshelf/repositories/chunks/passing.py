"""Chunks whose bytes pass through the service, many at once."""

from collections.abc import AsyncGenerator, Mapping, Sequence

import anyio.to_thread

from keyshelf.errors import IntegrityError
from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks import queries
from keyshelf.repositories.chunks.confirming import (
    ChunkNotAsNamedError,
    NotReservedError,
    is_sealed_for,
    remove_wrong,
)
from keyshelf.repositories.chunks.queries import VerifiedChunk
from keyshelf.repositories.chunks.records import MOST_FRAME_BYTES, given
from keyshelf.repositories.chunks.reservations import reserve
from keyshelf.repositories.chunks.transfers import require_held
from keyshelf.repositories.chunks.verifying import is_marked, make_right, open_stored, readable
from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.frame import FrameType, WrongKeyError
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.objects import chunk_object
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import queries as push_rows
from keyshelf.repositories.pushes.values import OpenPush
from keyshelf.repositories.values import SealedChunk
from keyshelf.store.base import PutResult
from keyshelf.store.errors import ObjectTooLargeError

_READ_AT_ONCE = 64
"""16 MiB at most are in memory for one caller, and about 4."""


async def receive(
    parts: RepositoryParts,
    record: RepositoryRecord,
    push: OpenPush,
    sent: Mapping[ChunkId, bytes],
    *,
    keys: Keys | None,
) -> None:
    """Store up to 1,000 chunks and take them into a repository, all or none; twice is once.

    Each frame is verified before anything is stored. What the service can verify replaces
    a wrong object of this name, whoever put it there; what it cannot, because only its
    users can open it, replaces one that nobody has or awaits. Raises
    `ChunkNotAsNamedError`, which names the wrong ones, and `PushExpiredError`.
    """
    chunks = await anyio.to_thread.run_sync(_as_named, record, sent, keys)
    try:
        await _take(parts, record, push, chunks, keys)
    except ChunkNotAsNamedError:
        # What was in their place is gone now, if it was nobody's.
        await _take(parts, record, push, chunks, keys)


async def contents(
    parts: RepositoryParts, record: RepositoryRecord, chunks: Sequence[ChunkId]
) -> AsyncGenerator[bytes]:
    """Give chunks of a repository in order as `records.given` has them, some at a time.

    An object that is too large to be a chunk is given as nothing at all, which is none
    either. Raises `ChunkMissingError` before anything is given.
    """
    await require_held(parts, record, chunks)
    for start in range(0, len(chunks), _READ_AT_ONCE):
        yield given(await _read(parts, chunks[start : start + _READ_AT_ONCE]))


async def _take(
    parts: RepositoryParts,
    record: RepositoryRecord,
    push: OpenPush,
    chunks: Sequence[SealedChunk],
    keys: Keys | None,
) -> None:
    reservation = await reserve(
        parts, record.number, push.id, [chunk_key(chunk.id) for chunk in chunks]
    )
    now = parts.clock()
    results = await parts.store.put_many(
        [chunk_object(record, chunk, parts.options, now) for chunk in chunks]
    )
    sizes: dict[ChunkId, int] = {}
    existed: list[SealedChunk] = []
    for chunk, result in zip(chunks, results, strict=True):
        if result is PutResult.EXISTED:
            existed.append(chunk)
        else:
            sizes[chunk.id] = len(chunk.frame)
    for start in range(0, len(existed), _READ_AT_ONCE):
        some = existed[start : start + _READ_AT_ONCE]
        if record.is_encrypted and keys is None:
            sizes |= await _known(parts, record, some)
        else:
            sizes |= await _all_right(parts, record, some, keys)
    wrong = [chunk.id for chunk in chunks if chunk.id not in sizes]
    if wrong:
        await remove_wrong(parts, reservation, wrong)
        raise ChunkNotAsNamedError("other objects are in the place of these chunks", ids=wrong)
    async with parts.database.transaction() as tx:
        taken = [VerifiedChunk(chunk.id, chunk.size, sizes[chunk.id]) for chunk in chunks]
        await queries.take_in(tx, record.number, taken)
        # Whoever found the reservation gone may have deleted what it kept.
        if not await push_rows.release(tx, reservation):
            raise NotReservedError("this took too long: send it again")


async def _read(parts: RepositoryParts, chunks: Sequence[ChunkId]) -> Sequence[bytes | None]:
    try:
        found = await parts.store.get_many([chunk_key(chunk) for chunk in chunks])
    except ObjectTooLargeError:
        if len(chunks) == 1:
            return [b""]
        half = len(chunks) // 2
        return [*await _read(parts, chunks[:half]), *await _read(parts, chunks[half:])]
    return [b"" if framed and len(framed) > MOST_FRAME_BYTES else framed for framed in found]


def _as_named(
    record: RepositoryRecord, sent: Mapping[ChunkId, bytes], keys: Keys | None
) -> list[SealedChunk]:
    sizes = {chunk: _size_of(record, chunk, framed, keys) for chunk, framed in sent.items()}
    wrong = [chunk for chunk, size in sizes.items() if not size]
    if wrong:
        raise ChunkNotAsNamedError(f"chunks whose bytes are wrong: {len(wrong)}", ids=wrong)
    return [SealedChunk(chunk, framed, sizes[chunk]) for chunk, framed in sent.items()]


def _size_of(record: RepositoryRecord, chunk: ChunkId, framed: bytes, keys: Keys | None) -> int:
    """Return how much a chunk holds; 0 when these are not its bytes."""
    try:
        header = frame.read_header(framed)
        if record.is_encrypted and keys is None:
            is_right = is_sealed_for(record, framed, header.size)
        else:
            digest = bytes.fromhex(chunk)
            content = frame.open_frame(framed, type=FrameType.CHUNK, digest=digest, keys=keys)
            is_right = ids.chunk_id(content, keys) == chunk
    except (IntegrityError, WrongKeyError):
        return 0
    # Compression is kept only where it saves something.
    return header.size if is_right and len(framed) <= header.overhead + header.size else 0


async def _all_right(
    parts: RepositoryParts,
    record: RepositoryRecord,
    chunks: Sequence[SealedChunk],
    keys: Keys | None,
) -> dict[ChunkId, int]:
    """Return the sizes of the objects that are there, each right by then."""
    found = await open_stored(parts, [chunk.id for chunk in chunks], keys)
    sizes: dict[ChunkId, int] = {}
    for chunk, there in zip(chunks, found, strict=True):
        is_right = there.content is not None and not await is_marked(parts, chunk.id)
        sizes[chunk.id] = (
            there.stored_size if is_right else await make_right(parts, record, chunk, keys)
        )
    return sizes


async def _known(
    parts: RepositoryParts, record: RepositoryRecord, chunks: Sequence[SealedChunk]
) -> dict[ChunkId, int]:
    """Return the sizes of the objects that are there, of those that can be the chunks."""
    found = await readable(parts, [chunk.id for chunk in chunks])
    async with parts.database.read() as tx:
        own = await queries.held(tx, record.number, [chunk.id for chunk in chunks])
    sizes: dict[ChunkId, int] = {}
    for chunk, framed in zip(chunks, found, strict=True):
        is_own = chunk.id in own and framed and is_sealed_for(record, framed, chunk.size)
        is_right = framed and (framed == chunk.frame or is_own)
        if framed and is_right and not await is_marked(parts, chunk.id):
            sizes[chunk.id] = len(framed)
    return sizes
