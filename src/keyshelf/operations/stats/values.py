"""What is stored: counted by store, kind, storage class and tenant, and by repository."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

from keyshelf.errors import InvalidInputError, NotFoundError
from keyshelf.operations.classes import StorageClass

SMALL = 128 * 1024
"""An object below this is small: some storage classes bill it as though it had that."""


class NotCountedError(NotFoundError):
    """The last daily snapshot has no such repository. It may be newer: ask again tomorrow."""

    code = "repository-not-counted"


class Kind(StrEnum):
    """What an object is."""

    FILE = "file"
    TRASH = "trash"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    CACHE = "cache"
    CHUNK = "chunk"
    MANIFEST = "manifest"
    PROXY = "proxy"
    METADATA = "metadata"


SOURCE, MEDIA, REPOSITORY = "source", "media", "repository"


@dataclass(frozen=True, slots=True)
class Amount:
    """So many objects, and their bytes; of these, the small ones."""

    objects: int = 0
    bytes: int = 0
    small_objects: int = 0
    small_bytes: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.small_objects <= self.objects or not 0 <= self.small_bytes <= self.bytes:
            raise InvalidInputError("small objects are some of all objects")

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(
            self.objects + other.objects,
            self.bytes + other.bytes,
            self.small_objects + other.small_objects,
            self.small_bytes + other.small_bytes,
        )

    def split(self, share: float) -> tuple["Amount", "Amount"]:
        """Return a share of this, and what is left."""
        part = Amount(
            round(self.objects * share),
            round(self.bytes * share),
            round(self.small_objects * share),
            round(self.small_bytes * share),
        )
        return part, Amount(
            self.objects - part.objects,
            self.bytes - part.bytes,
            self.small_objects - part.small_objects,
            self.small_bytes - part.small_bytes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a store holds of one kind, in one class, of one tenant."""

    store: str
    kind: Kind
    storage_class: StorageClass = StorageClass.HOT
    tenant: str = ""
    """Whose it is: an identity, `shared`, or empty for what is nobody's."""
    amount: Amount
    is_estimate: bool = False
    """Counted in part only, or of a class that was told by age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryStats:
    """What one repository holds."""

    repository: UUID
    name: str
    tenant: str
    commits: int
    chunks: int
    logical_bytes: int
    """What copies of all commits' files would take."""
    chunk_bytes: int
    """Its chunks before compression."""
    stored_bytes: int
    """Their objects, as though it had them for itself."""
    storage_bytes: int
    """Its share of what is stored: of a chunk that three repositories have, a third."""


@dataclass(frozen=True, slots=True)
class AskedOf:
    """How often Keyshelf asked a store since the beginning; browsers that did are not in."""

    store: str
    writes: int = 0
    reads: int = 0
    lists: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was stored on a day."""

    at: datetime
    """When it was counted."""
    stored: Sequence[Stored]
    repositories: Sequence[RepositoryStats] = ()
    asked: Sequence[AskedOf] = ()

    @property
    def day(self) -> date:
        """The day (UTC) that it stands for."""
        return self.at.astimezone(UTC).date()

    def repository(self, name: str) -> RepositoryStats:
        """Return a repository by its name, `tenant/name` or id. Raises `NotCountedError`."""
        for each in self.repositories:
            if name in {each.name, f"{each.tenant}/{each.name}", str(each.repository)}:
                return each
        raise NotCountedError(f"no repository was called {name!r} on {self.day}")


@dataclass(frozen=True, slots=True)
class DailyCost:
    """A day of the specification's estimate of storage costs."""

    day: date
    total_bytes: int
    estimated_cost: float
    """Of that day alone: a month of such days costs what a GB-month does."""


Ages = Mapping[StorageClass, int]
"""After how many days a lifecycle rule moves chunks into a class."""
