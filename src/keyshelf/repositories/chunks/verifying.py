"""Proving that an object holds the chunk that its name says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import anyio.to_thread

from keyshelf.errors import IntegrityError
from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks import queries
from keyshelf.repositories.formats import frame, headers, ids
from keyshelf.repositories.formats.frame import FrameType, WrongKeyError
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.objects import chunk_object
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.values import SealedChunk
from keyshelf.store.base import Condition
from keyshelf.store.errors import NeedsRestoreError, ObjectNotFoundError


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of opening the object of a chunk."""

    content: bytes | None
    """None when it is not the chunk, or nothing is there."""
    stored_size: int


async def open_stored(
    parts: RepositoryParts, chunks: Sequence[ChunkId], keys: Keys | None
) -> Sequence[Opened]:
    """Read chunks from the store and return those whose content proved to be theirs."""
    found = await readable(parts, chunks)
    return await anyio.to_thread.run_sync(
        lambda: [_opened(*each, keys) for each in zip(chunks, found, strict=True)]
    )


async def make_right(
    parts: RepositoryParts, record: RepositoryRecord, chunk: SealedChunk, keys: Keys | None
) -> int:
    """Put a chunk in the place of an object of its name that may be wrong.

    Returns the size of the object that is there then.

    Whoever removes or replaces such an object holds its key meanwhile, so that nobody
    removes what another has just put right.
    """
    key = chunk_key(chunk.id)
    async with parts.database.transaction() as tx:
        await queries.hold_key(tx, key)
        (opened,) = await open_stored(parts, [chunk.id], keys)
        if opened.content is not None and not await is_marked(parts, chunk.id):
            return opened.stored_size
        await queries.drop_others(tx, chunk.id, keys.key_id if keys else None)
        made = chunk_object(record, chunk, parts.options, parts.clock())
        await parts.store.put(key, made.body, replace(made.options, condition=Condition.ALWAYS))
        return len(chunk.frame)


async def is_marked(parts: RepositoryParts, chunk: ChunkId) -> bool:
    """Say whether an object is tagged as deleted, and so may be gone at any moment.

    A rule counts the days from when an object was written, not from when it was tagged: to
    take the tag off would save nothing that the rule has already found. Whoever wants such
    an object writes it again.
    """
    if not parts.options.marks_deleted:
        return False
    try:
        tags = await parts.of_primary.store.get_tags(chunk_key(chunk))
    except ObjectNotFoundError:
        return True
    return headers.is_deleted(tags, namespace=parts.options.namespace)


async def readable(parts: RepositoryParts, chunks: Sequence[ChunkId]) -> Sequence[bytes | None]:
    """Return the objects of chunks in order; None for what is not there, or must be restored.

    Nobody waits hours to compare what they bring with what is there: theirs takes its place.
    """
    try:
        return await parts.of_primary.store.get_many([chunk_key(chunk) for chunk in chunks])
    except NeedsRestoreError:
        if len(chunks) == 1:
            return [None]
        half = len(chunks) // 2
        return [*await readable(parts, chunks[:half]), *await readable(parts, chunks[half:])]


def _opened(chunk: ChunkId, framed: bytes | None, keys: Keys | None) -> Opened:
    if framed is None:
        return Opened(None, 0)
    try:
        content = frame.open_frame(
            framed, type=FrameType.CHUNK, digest=bytes.fromhex(chunk), keys=keys
        )
    except (IntegrityError, WrongKeyError):
        return Opened(None, len(framed))
    is_it = ids.chunk_id(content, keys) == chunk
    return Opened(content if is_it else None, len(framed))
