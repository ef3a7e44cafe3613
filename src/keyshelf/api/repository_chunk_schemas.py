"""The shapes of requests and answers about pushes and chunks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from keyshelf.api.repository_schemas import Hash
from keyshelf.api.schemas import Answer, Request
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.carrier import MOST_CHUNKS, MOST_IDS, StoredChunk
from keyshelf.repositories.chunks.confirming import ClaimedChunk
from keyshelf.repositories.chunks.transfers import AnnouncedChunk, SignedChunk
from keyshelf.repositories.formats.frame import Codec
from keyshelf.repositories.gc.values import Deletion
from keyshelf.repositories.pushes.values import OpenPush

_Size = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)]
_CODECS = {"none": Codec.NONE, "zstd": Codec.ZSTD}


class PushOut(Answer):
    """A push that is open."""

    id: UUID
    nonce: str
    """What proofs in this push are keyed with, in hexadecimal digits."""
    expires_at: datetime
    """When it is over, unless it sends something before."""

    @classmethod
    def of(cls, push: OpenPush) -> Self:
        """Show a push."""
        return cls(id=push.id, nonce=push.nonce.hex(), expires_at=push.expires_at)


class MissingIn(Request):
    """A question about chunks; `push` relies on its answer until it is over."""

    ids: Annotated[list[Hash], Field(max_length=MOST_IDS)]
    push: UUID | None = None


class MissingAnswer(Answer):
    """Those that are not in the repository."""

    missing: list[str]


class AnnouncedIn(Request):
    """A chunk that is about to be sent."""

    id: Hash
    size: _Size
    """Bytes of content."""
    stored_size: _Size
    """Bytes of the frame."""
    sha256: Hash
    """Of the frame."""
    compression: Literal["none", "zstd"]

    def announced(self) -> AnnouncedChunk:
        """Return the chunk."""
        return AnnouncedChunk(
            ChunkId(self.id),
            self.size,
            self.stored_size,
            bytes.fromhex(self.sha256),
            _CODECS[self.compression],
        )


class UploadsIn(Request):
    """Chunks that are about to be sent in a push."""

    push: UUID
    chunks: Annotated[list[AnnouncedIn], Field(max_length=MOST_CHUNKS)]


class SignedOut(Answer):
    """A chunk, and the one request that sends or fetches it, as it stands."""

    id: str
    method: str
    url: str
    headers: dict[str, str]
    """Headers that must be sent exactly so."""
    expires_at: datetime

    @classmethod
    def all(cls, signed: Sequence[SignedChunk]) -> list[Self]:
        """Show requests."""
        return [
            cls(
                id=each.id,
                method=each.request.method,
                url=each.request.url,
                headers=dict(each.request.headers),
                expires_at=each.request.expires_at,
            )
            for each in signed
        ]


class UploadsAnswer(Answer):
    """What must be sent; the rest is in the repository already."""

    reservation: UUID | None
    """What to confirm; null when nothing must be sent."""
    uploads: list[SignedOut]


class ClaimedIn(Request):
    """A chunk that was sent, and the proof of having its bytes."""

    id: Hash
    size: _Size
    """Bytes of content."""
    proof: Hash
    """64 hexadecimal digits: BLAKE3 of the content, keyed with the 32 bytes of the push's nonce;
    in an encrypted repository of the frame."""

    def claimed(self) -> ClaimedChunk:
        """Return the chunk."""
        return ClaimedChunk(ChunkId(self.id), self.size, bytes.fromhex(self.proof))


class ConfirmIn(Request):
    """Chunks that were sent."""

    push: UUID
    reservation: UUID
    chunks: Annotated[list[ClaimedIn], Field(min_length=1, max_length=MOST_CHUNKS)]


class ConfirmAnswer(Answer):
    """How many chunks are in the repository for it."""

    confirmed: int


class ChunkIdsIn(Request):
    """Some chunks."""

    ids: Annotated[list[Hash], Field(max_length=MOST_CHUNKS)]


class DeletedOut(Answer):
    """What became of a chunk."""

    id: str
    result: Deletion


class DeletedAnswer(Answer):
    """What became of each chunk, in the order in which they were named."""

    results: list[DeletedOut]


class DownloadsAnswer(Answer):
    """What fetches the chunks, in the order in which they were asked for."""

    downloads: list[SignedOut]


class StoredChunkOut(Answer):
    """A chunk as the store lists it."""

    hash: str
    size: int
    """Bytes of the object."""
    storage_class: str | None
    last_modified: datetime

    @classmethod
    def of(cls, chunk: StoredChunk) -> Self:
        """Show a chunk."""
        return cls(
            hash=chunk.id,
            size=chunk.stored_size,
            storage_class=chunk.storage_class,
            last_modified=chunk.modified_at,
        )


class StoredChunkList(Answer):
    """One page of chunks; it may be empty and not the last."""

    items: list[StoredChunkOut]
    next_cursor: str | None


class ManifestAnswer(Answer):
    """The commit that a manifest made."""

    commit: str
