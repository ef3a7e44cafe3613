"""Saying of the bytes of an object whether they are what its name promises."""

from collections.abc import Sequence
from dataclasses import dataclass

import anyio.to_thread

from keyshelf.errors import IntegrityError, LimitError
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.check.values import Fault
from keyshelf.repositories.formats import frame, ids, manifest
from keyshelf.repositories.formats.frame import (
    Codec,
    DamagedFrameError,
    FrameHeader,
    FrameType,
    Suite,
)
from keyshelf.repositories.formats.ids import NO_KEY_ID, Keys
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.values import ChunkMissingError, RefNotFoundError
from keyshelf.store.errors import NeedsRestoreError


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why an object is not what it must be."""

    fault: Fault
    detail: str
    holds: ChunkId | None = None
    """Which chunk its content would be, where it is read without an error."""


@dataclass(frozen=True, slots=True)
class Read:
    """An object that was read and is right."""

    content: bytes
    stored_size: int


@dataclass(frozen=True, slots=True)
class Unread:
    """An object that must be restored before anybody can say whether it is right."""

    detail: str


NOT_THERE = Wrong(Fault.MISSING, "it is not in the store")


async def read_chunks(carrier: Carrier, chunks: Sequence[ChunkId]) -> list[Read | Wrong | Unread]:
    """Read up to 1,000 chunks, each compared with its id; in order, what came of each."""
    framed = await _fetched(carrier, chunks)
    keys = carrier.repository.keys
    pairs = list(zip(chunks, framed, strict=True))
    return await anyio.to_thread.run_sync(lambda: [_judged(*pair, keys) for pair in pairs])


async def read_manifest(carrier: Carrier, commit: CommitHash) -> Manifest | Wrong:
    """Read the manifest of a commit, compared with its hash."""
    try:
        framed = await carrier.get_manifest(commit)
    except RefNotFoundError:
        return NOT_THERE
    except IntegrityError as error:
        return Wrong(Fault.SWAPPED, error.detail)
    keys = carrier.repository.keys
    try:
        content = frame.open_frame(
            framed, type=FrameType.MANIFEST, digest=bytes.fromhex(commit), keys=keys
        )
    except IntegrityError as error:
        return _damaged(framed, FrameType.MANIFEST, keys, error.detail)
    if ids.commit_hash(content, keys) != commit:
        return Wrong(Fault.SWAPPED, "it is another commit")
    try:
        return manifest.decode(content)
    except IntegrityError as error:
        return Wrong(Fault.UNREADABLE, error.detail)


async def _fetched(carrier: Carrier, chunks: Sequence[ChunkId]) -> list[bytes | Wrong | Unread]:
    alone: Wrong | Unread
    try:
        return list(await carrier.get_chunks(chunks))
    except ChunkMissingError:
        alone = NOT_THERE
    except NeedsRestoreError as error:
        alone = Unread(error.detail)
    except LimitError as error:
        alone = Wrong(Fault.SWAPPED, f"it is no chunk: {error.detail}")
    if len(chunks) == 1:
        return [alone]
    # A carrier names one that is missing; the others are found by asking for fewer.
    half = len(chunks) // 2
    return [*await _fetched(carrier, chunks[:half]), *await _fetched(carrier, chunks[half:])]


def _judged(
    chunk: ChunkId, framed: bytes | Wrong | Unread, keys: Keys | None
) -> Read | Wrong | Unread:
    if isinstance(framed, Wrong | Unread):
        return framed
    try:
        content = frame.open_frame(
            framed, type=FrameType.CHUNK, digest=bytes.fromhex(chunk), keys=keys
        )
    except IntegrityError as error:
        return _damaged(framed, FrameType.CHUNK, keys, error.detail)
    held = ids.chunk_id(content, keys)
    if held != chunk:
        return Wrong(Fault.SWAPPED, "it is another chunk", holds=held)
    return Read(content, len(framed))


def _damaged(framed: bytes, wanted: FrameType, keys: Keys | None, detail: str) -> Wrong:
    try:
        header = frame.read_header(framed)
    except DamagedFrameError:
        is_short = len(framed) < frame.HEADER.size
        return Wrong(Fault.TRUNCATED if is_short else Fault.CHANGED, detail)
    if header.type is not wanted or header.key_id != (keys.key_id if keys else NO_KEY_ID):
        return Wrong(Fault.SWAPPED, detail)
    is_short = len(framed) < least_stored(header)
    return Wrong(Fault.TRUNCATED if is_short else Fault.CHANGED, detail)


def least_stored(header: FrameHeader) -> int:
    """Return the fewest bytes that a frame of this header has."""
    return header.overhead + (header.size if header.codec is Codec.NONE else 1)


def is_possible(stored_size: int, content_size: int) -> bool:
    """Say whether so much content may be stored in so many bytes, whatever the frame."""
    sealed = FrameHeader(FrameType.CHUNK, Codec.NONE, Suite.AES_256_GCM, content_size, b"")
    return frame.HEADER.size < stored_size <= sealed.overhead + content_size
