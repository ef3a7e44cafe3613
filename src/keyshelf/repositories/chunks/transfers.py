"""Requests with which chunks go to and from the store without passing through the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from keyshelf.concurrency import map_each
from keyshelf.errors import InvalidInputError
from keyshelf.layout.repository import ChunkId, chunk_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks import queries
from keyshelf.repositories.chunks.reservations import reserve
from keyshelf.repositories.formats.frame import MAX_CONTENT, Codec, FrameHeader, FrameType, Suite
from keyshelf.repositories.formats.ids import NO_KEY_ID
from keyshelf.repositories.objects import announced_options
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes.values import OpenPush
from keyshelf.repositories.values import ChunkMissingError
from keyshelf.store.base import Condition, PresignOptions, SignedRequest

_SIGNED_AT_ONCE = 16


class IllegalChunkError(InvalidInputError):
    """What was announced can be no chunk: it is too large, or larger than its content allows."""

    code = "illegal-chunk"


@dataclass(frozen=True, slots=True)
class AnnouncedChunk:
    """A chunk that somebody is about to send."""

    id: ChunkId
    size: int
    """Bytes of content."""
    stored_size: int
    """Bytes of the frame."""
    sha256: bytes
    """Of the frame."""
    codec: Codec


@dataclass(frozen=True, slots=True)
class SignedChunk:
    """A chunk, and the request that sends or fetches it."""

    id: ChunkId
    request: SignedRequest


@dataclass(frozen=True, slots=True)
class SignedUploads:
    """What must be sent of what was announced; the rest is in the repository."""

    reservation: UUID | None
    """What to confirm; None when nothing has to be sent."""
    uploads: Sequence[SignedChunk]


async def missing(
    parts: RepositoryParts, record: RepositoryRecord, ids: Sequence[ChunkId]
) -> Sequence[ChunkId]:
    """Return those that are not in a repository, or may go, in the order they were asked for."""
    async with parts.database.read() as tx:
        present = await queries.present(tx, record.number, ids)
    return [chunk for chunk in ids if chunk not in present]


async def sign_uploads(
    parts: RepositoryParts,
    record: RepositoryRecord,
    push: OpenPush,
    chunks: Sequence[AnnouncedChunk],
) -> SignedUploads:
    """Return the requests that send chunks, each for these very bytes and never over others.

    The objects are reserved before anybody can write them, so that nobody deletes them
    meanwhile. Raises `IllegalChunkError` and `PushExpiredError`.
    """
    headers = {chunk.id: _header(record, chunk) for chunk in chunks}
    async with parts.database.read() as tx:
        present = await queries.present(tx, record.number, list(headers))
    wanted = {chunk.id: chunk for chunk in chunks if chunk.id not in present}
    if not wanted:
        return SignedUploads(None, ())
    keys = [chunk_key(chunk) for chunk in wanted]
    reservation = await reserve(parts, record.number, push.id, keys)
    now = parts.clock()
    signed: list[SignedChunk] = []
    for chunk in wanted.values():
        options = announced_options(
            record,
            chunk.id,
            headers[chunk.id],
            stored_size=chunk.stored_size,
            options=parts.options,
            now=now,
        )
        presigned = PresignOptions(
            expires_in=parts.options.url_expiry,
            content_type=options.attributes.content_type,
            content_length=chunk.stored_size,
            condition=Condition.CREATE,
            sha256=chunk.sha256,
            metadata=options.attributes.metadata,
            tags=options.tags,
            storage_class=options.storage_class,
        )
        request = await parts.store.presign("PUT", chunk_key(chunk.id), presigned)
        signed.append(SignedChunk(chunk.id, request))
    return SignedUploads(reservation, signed)


async def sign_downloads(
    parts: RepositoryParts, record: RepositoryRecord, ids: Sequence[ChunkId]
) -> Sequence[SignedChunk]:
    """Return the requests that fetch chunks of a repository, in order.

    Raises `ChunkMissingError`, which names one that is not in it.
    """
    await require_held(parts, record, ids)
    options = PresignOptions(expires_in=parts.options.url_expiry)

    async def sign(chunk: ChunkId) -> SignedChunk:
        return SignedChunk(chunk, await parts.store.presign("GET", chunk_key(chunk), options))

    # A store of many regions may ask one of them about each chunk.
    return await map_each(ids, sign, at_once=_SIGNED_AT_ONCE)


async def require_held(
    parts: RepositoryParts, record: RepositoryRecord, ids: Sequence[ChunkId]
) -> None:
    """Raise `ChunkMissingError`, which names one, unless chunks are in a repository."""
    async with parts.database.read() as tx:
        held = await queries.held(tx, record.number, ids)
    for chunk in ids:
        if chunk not in held:
            raise ChunkMissingError(f"the chunk {chunk} is not in the repository", chunk=chunk)


def _header(record: RepositoryRecord, chunk: AnnouncedChunk) -> FrameHeader:
    suite = Suite.AES_256_GCM if record.is_encrypted else Suite.NONE
    header = FrameHeader(
        FrameType.CHUNK, chunk.codec, suite, chunk.size, record.key_id or NO_KEY_ID
    )
    most = MAX_CONTENT[FrameType.CHUNK]
    if not 0 < chunk.size <= most:
        raise IllegalChunkError(f"a chunk holds 1 to {most} bytes", chunk=chunk.id)
    # Compression is kept only where it saves something.
    if not header.overhead < chunk.stored_size <= header.overhead + chunk.size:
        raise IllegalChunkError(
            f"{chunk.size} bytes of content are not stored as {chunk.stored_size}", chunk=chunk.id
        )
    return header
