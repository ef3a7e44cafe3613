"""Objects in classes that must be restored before they are read, in the words of who asks."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from keyshelf.layout.keys import ObjectKey


class RestoreTier(StrEnum):
    """How quickly an object is to be restored, and at what price."""

    EXPEDITED = "expedited"
    STANDARD = "standard"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an object can be read."""

    size: int
    storage_class: str | None
    """As the cloud calls it; None for its ordinary one."""
    is_being_restored: bool = False
    """It was asked for, and cannot be read yet."""
    is_restored: bool = False
    """It can be read, whatever its class."""


class ColdStore(Protocol):
    """The classes of one bucket that must be restored.

    Every method raises what those of `ObjectStore` raise.
    """

    async def availability(self, key: ObjectKey) -> Availability:
        """Say whether an object can be read. Raises `ObjectNotFoundError`."""
        ...

    async def request(self, key: ObjectKey, *, tier: RestoreTier, days: int) -> None:
        """Ask for an object to be restored; one that is asked for already is success.

        On S3 a copy is there for so many days, and asking again makes them longer. On Azure
        the object itself goes back to the hot class. Raises `ObjectNotFoundError`.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections. The store cannot be used afterwards."""
        ...
