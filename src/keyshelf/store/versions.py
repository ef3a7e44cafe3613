"""What a bucket that keeps versions does beside what every store does."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from keyshelf.layout.keys import ObjectKey


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One state that a key was in: an object, or the marker that it was deleted."""

    key: ObjectKey
    version_id: str
    is_marker: bool
    modified_at: datetime
    """When it became the newest."""
    size: int = 0
    etag: str = ""
    storage_class: str | None = None


class VersionedStore(Protocol):
    """The versions of the objects of one bucket.

    Every method may raise what any method of an `ObjectStore` may.
    """

    async def keeps_versions(self) -> bool:
        """Say whether what is overwritten or deleted from now on is kept."""
        ...

    def versions(self, prefix: str = "") -> AsyncIterator[Sequence[ObjectVersion]]:
        """Page through all versions under a prefix: by key, the newest of a key first."""
        ...

    async def read(self, version: ObjectVersion) -> bytes:
        """Return the bytes of one version that is known to be small."""
        ...

    async def is_same(self, one: ObjectVersion, other: ObjectVersion) -> bool:
        """Say whether two versions of a key have the same bytes, whatever their ETags.

        Where nothing else tells, both are read up to where they differ.
        """
        ...

    async def bring_back(self, version: ObjectVersion) -> None:
        """Make a copy of an older version the newest, with its attributes, tags and class.

        What was the newest stays as a version. Twice makes two equal versions.
        """
        ...

    async def drop(self, version: ObjectVersion) -> None:
        """Remove one version or marker for good; one that is not there is success."""
        ...

    async def delete(self, key: ObjectKey) -> None:
        """Mark an object as deleted; its versions stay."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
