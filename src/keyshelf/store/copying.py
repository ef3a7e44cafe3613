"""Copies between two stores that need not pass through here."""

from typing import Protocol, runtime_checkable

from keyshelf.errors import ConflictError
from keyshelf.store.base import ObjectMeta


class CopyRefusedError(ConflictError):
    """The server does not copy this by itself: read it and write it."""

    code = "copy-refused"


class BucketCopies(Protocol):
    """What copies from one bucket to another inside a server."""

    async def copy(self, source: ObjectMeta, *, replaces: str | None, with_tags: bool) -> None:
        """Copy an object, as a listing shows it, with its attributes, tags and class.

        The one that it replaces is named by its ETag; without, none is replaced, where the
        server can tell. `with_tags` says whether both buckets keep any. Raises
        `CopyRefusedError` where anything speaks against it, also when either object is another
        one by now, and `ObjectNotFoundError`.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class CopyGuard(Protocol):
    """A store that passes on what is asked of it, and takes note of that."""

    def guarding(self, copies: BucketCopies) -> BucketCopies:
        """Return the same copies into this store, taken note of as all that is asked of it."""
        ...
