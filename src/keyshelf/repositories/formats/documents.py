"""The documents of `v1/metadata`: what a repository is with its refs, and what it holds.

A reader knows every field of a version: another field makes another version.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, Self, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from keyshelf.errors import IntegrityError
from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.formats.frame import MAX_CONTENT, FrameType
from keyshelf.repositories.formats.ids import Octets
from keyshelf.repositories.formats.slots import MAX_SLOTS, IllegalSlotError, Slot

VERSION = 1
MAX_BYTES = 64 * 1024 * 1024

Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
CommitDigits = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
KeyIdDigits = Annotated[str, Meta(pattern=r"\A[0-9a-f]{16}\Z")]
Time = Annotated[datetime, Meta(tz=True)]
T = TypeVar("T")


class DamagedDocumentError(IntegrityError):
    """A document about a repository that cannot be read; the detail names the field."""

    code = "damaged-document"


class UnknownVersionError(IntegrityError):
    """A document of a version that this Keyshelf does not know. Use a newer one."""

    code = "unknown-document-version"


class StoredRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A branch or tag, as the document has it. Whoever uses its name checks the name."""

    kind: Literal["branch", "tag"]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    commit: CommitDigits
    updated_at: Time
    updated_by: str
    """The identity that moved it last."""


class StoredCutting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How files are cut, as the document has it."""

    min_bytes: Annotated[int, Meta(ge=1024)]
    average_bytes: int
    max_bytes: Annotated[int, Meta(le=MAX_CONTENT[FrameType.CHUNK])]

    def __post_init__(self) -> None:
        if not self.min_bytes <= self.average_bytes <= self.max_bytes:
            raise ValueError("its sizes are not in order")

    @classmethod
    def of(cls, cutting: Cutting) -> Self:
        """Return what is stored of a cutting."""
        return cls(cutting.min_bytes, cutting.average_bytes, cutting.max_bytes)

    @property
    def cutting(self) -> Cutting:
        """The cutting that was stored."""
        return Cutting(self.min_bytes, self.average_bytes, self.max_bytes)


class RepositoryDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a repository is: enough to have it again when the database is lost."""

    version: Literal[1] = VERSION
    id: UUID
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    owner: Annotated[str, Meta(min_length=1, max_length=255)]
    """An identity; `shared` is everybody who is signed in."""
    created_at: Time
    cutting: StoredCutting
    level: Annotated[int, Meta(ge=1, le=19)]
    key_id: KeyIdDigits | None
    """Of which secret its keys are; null when not encrypted."""
    slots: Annotated[tuple[Slot, ...], Meta(max_length=MAX_SLOTS)]
    generation: Count
    """Grows with every change: a document with a lower one is older."""
    refs: tuple[StoredRef, ...]

    def __post_init__(self) -> None:
        if (self.key_id is None) != (not self.slots):
            raise ValueError("an encrypted repository has `key_id` and `slots`, another neither")
        if len({(ref.kind, ref.name) for ref in self.refs}) != len(self.refs):
            raise ValueError("`refs` has a name twice")


class StatsDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a repository held at a time."""

    version: Literal[1] = VERSION
    at: Time
    generation: Count
    """The repository's, when it was counted."""
    commits: Count
    chunks: Count
    """Distinct chunks, nodes among them."""
    logical_bytes: Count
    """The sizes of all files of all commits: what a copy of each would take."""
    chunk_bytes: Count
    """Content of the distinct chunks, before compression."""
    stored_bytes: Count
    """Their objects."""


class _Version(msgspec.Struct):
    version: int


_encoder = msgspec.json.Encoder()
_version = msgspec.json.Decoder(_Version)
_repository = msgspec.json.Decoder(RepositoryDocument)
_stats = msgspec.json.Decoder(StatsDocument)


def encode(document: RepositoryDocument | StatsDocument) -> bytes:
    """Return a document as it is stored: JSON in the order of the fields, for people to read."""
    return msgspec.json.format(_encoder.encode(document), indent=1) + b"\n"


def decode_repository(data: Octets) -> RepositoryDocument:
    """Read what a repository is.

    Raises `DamagedDocumentError`, which names the field, or `UnknownVersionError`.
    """
    return _decode(data, "a repository's document", _repository.decode)


def decode_stats(data: Octets) -> StatsDocument:
    """Read what a repository held. Raises as `decode_repository`."""
    return _decode(data, "a repository's statistics", _stats.decode)


def _decode(data: Octets, what: str, decode: Callable[[Octets], T]) -> T:
    size = memoryview(data).nbytes
    if size > MAX_BYTES:
        raise DamagedDocumentError(f"{what} has at most {MAX_BYTES} bytes, not {size}")
    try:
        version = _version.decode(data).version
        if version == VERSION:
            return decode(data)
    except (msgspec.DecodeError, RecursionError, IllegalSlotError) as error:
        raise DamagedDocumentError(f"{what} cannot be read: {error}") from error
    raise UnknownVersionError(
        f"{what} is of version {version}, and only {VERSION} is known: use a newer Keyshelf"
    )
