"""What the API answers about repositories, as frozen values; the names are those of the API."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keyshelf.client.values import SignedRequest


@dataclass(frozen=True, slots=True)
class Cutting:
    """How files are cut, in bytes."""

    min: int
    average: int
    max: int


@dataclass(frozen=True, slots=True)
class Argon2:
    """How a passphrase becomes a key."""

    memory_kib: int
    passes: int
    lanes: int


@dataclass(frozen=True, slots=True)
class KeySlot:
    """One way to a repository's secret, wrapped."""

    id: UUID
    kind: str
    label: str
    salt: str
    wrapped: str
    argon2: Argon2 | None


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository, and how much it holds; `slots` only where they were asked for.

    With `moves_chunks` there is no store to go to directly: the service moves chunks itself,
    many at once.
    """

    id: UUID
    name: str
    space: str
    is_encrypted: bool
    is_readable: bool
    moves_chunks: bool
    key_id: str | None
    cutting: Cutting
    level: int
    created_at: datetime
    changed_at: datetime | None
    generation: int
    default_branch: str | None
    branches: int
    tags: int
    commits: int
    logical_bytes: int
    chunks: int
    chunk_bytes: int
    stored_bytes: int
    saved_bytes: int
    slots: tuple[KeySlot, ...] | None


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a branch or tag is."""

    kind: str
    name: str
    commit: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Push:
    """A push that is open; `nonce` is what proofs are keyed with, in hexadecimal digits."""

    id: UUID
    nonce: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AnnouncedChunk:
    """A chunk that is about to be sent: the sizes of its content and its frame, and more."""

    id: str
    size: int
    stored_size: int
    sha256: str
    compression: str


@dataclass(frozen=True, slots=True)
class ClaimedChunk:
    """A chunk that was sent, and the proof of having its bytes."""

    id: str
    size: int
    proof: str


@dataclass(frozen=True, slots=True)
class SignedChunk(SignedRequest):
    """The request that sends or fetches a chunk."""

    id: str


@dataclass(frozen=True, slots=True)
class SignedUploads:
    """What must be sent; the rest is in the repository. `reservation` is what to confirm."""

    reservation: UUID | None
    uploads: tuple[SignedChunk, ...]


@dataclass(frozen=True, slots=True)
class ProxyName:
    """A proxy of a file's content, as far as those who make them need to know."""

    name: str


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as the store lists it."""

    hash: str
    size: int
    storage_class: str | None
    last_modified: datetime
