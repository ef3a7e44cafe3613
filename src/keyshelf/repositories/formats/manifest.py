"""Manifests: the root of a commit, small whatever it holds."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import msgspec

from keyshelf.errors import IntegrityError, InvalidInputError
from keyshelf.layout.repository import CommitHash, RepositoryId
from keyshelf.repositories.formats.entries import Digest, FolderEntry
from keyshelf.repositories.formats.ids import Octets

MAGIC = b"KSM1"
MAX_MESSAGE_BYTES = 64 * 1024
MAX_AUTHOR_BYTES = 1024
MAX_PARENTS = 16
"""So many fit into the metadata of an object, of which S3 keeps 2 KiB."""
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DamagedManifestError(IntegrityError):
    """A manifest that cannot be read although its bytes are those that were written."""

    code = "damaged-manifest"


class IllegalCommitError(InvalidInputError):
    """A message, an author or parents that a commit cannot have; the detail says why."""

    code = "illegal-commit"


@dataclass(frozen=True, slots=True)
class Author:
    """Who made a commit, as they want to be named."""

    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a commit says: what it holds, where it comes from, who made it, when and why."""

    repository: RepositoryId
    parents: tuple[CommitHash, ...]
    root: FolderEntry
    message: str
    author: Author
    committed_at: datetime
    """With the time zone of whoever made it."""
    generation: int
    """1 without parents, otherwise 1 more than the highest of theirs."""

    def __post_init__(self) -> None:
        check_words(self.message, self.author)
        if len(self.parents) > MAX_PARENTS or len(set(self.parents)) != len(self.parents):
            raise IllegalCommitError(f"a commit has up to {MAX_PARENTS} different parents")
        if self.committed_at.utcoffset() is None:
            raise IllegalCommitError("the time of a commit needs a time zone")
        if not 1 <= self.generation < 2**63:
            raise IllegalCommitError("the generation of a commit is at least 1, of 63 bits")


class _Stored(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    repository: bytes
    parents: tuple[Digest, ...]
    root: FolderEntry
    message: str
    author: str
    email: str
    committed_at: int
    offset: int
    generation: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Stored)


def check_words(message: str, author: Author) -> None:
    """See that a commit can say this. Raises `IllegalCommitError`."""
    if _size(message) > MAX_MESSAGE_BYTES:
        raise IllegalCommitError(f"a message has at most {MAX_MESSAGE_BYTES} bytes")
    if _size(author.name) + _size(author.email) > MAX_AUTHOR_BYTES:
        raise IllegalCommitError(f"name and address have at most {MAX_AUTHOR_BYTES} bytes")


def encode(manifest: Manifest) -> bytes:
    """Return the content of a manifest. Equal manifests give equal bytes."""
    offset = manifest.committed_at.utcoffset() or timedelta()
    stored = _Stored(
        repository=manifest.repository.bytes,
        parents=tuple(bytes.fromhex(parent) for parent in manifest.parents),
        root=manifest.root,
        message=manifest.message,
        author=manifest.author.name,
        email=manifest.author.email,
        committed_at=(manifest.committed_at - _EPOCH) // _MICROSECOND,
        offset=offset // timedelta(minutes=1),
        generation=manifest.generation,
    )
    return MAGIC + _encoder.encode(stored)


def decode(content: Octets) -> Manifest:
    """Read a manifest. Raises `DamagedManifestError`."""
    view = memoryview(content)
    if bytes(view[: len(MAGIC)]) != MAGIC:
        raise DamagedManifestError("it does not begin as a manifest does")
    try:
        stored = _decoder.decode(view[len(MAGIC) :])
        zone = timezone(timedelta(minutes=stored.offset))
        return Manifest(
            repository=RepositoryId(UUID(bytes=stored.repository)),
            parents=tuple(CommitHash(parent.hex()) for parent in stored.parents),
            root=stored.root,
            message=stored.message,
            author=Author(stored.author, stored.email),
            committed_at=(_EPOCH + stored.committed_at * _MICROSECOND).astimezone(zone),
            generation=stored.generation,
        )
    except (
        msgspec.DecodeError,
        RecursionError,
        ValueError,
        OverflowError,
        IllegalCommitError,
    ) as error:
        raise DamagedManifestError(f"it cannot be read: {error}") from error


def _size(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError as error:
        raise IllegalCommitError("a commit's message and author are Unicode text") from error
