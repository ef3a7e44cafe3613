"""What a bucket is told about itself, beside the objects in it.

Each kind of rules is one document, in the words of the cloud's own API, which the server
replaces whole: who changes a part reads, merges and writes.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from keyshelf.errors import ConflictError, InvalidInputError
from keyshelf.layout.keys import ObjectKey

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""Whatever a document holds."""

Document = Mapping[str, Json]
"""The rules of one kind. JSON's values only: a point in time is text."""


class RuleKind(StrEnum):
    """What the rules of a bucket are about."""

    VERSIONING = "versioning"
    ENCRYPTION = "encryption"
    LIFECYCLE = "lifecycle"
    REPLICATION = "replication"
    LOGGING = "logging"


class RulesRefusedError(InvalidInputError):
    """The server does not take these rules; the detail has its own words."""

    code = "rules-refused"


class RulesChangedError(ConflictError):
    """Somebody changed the rules of the bucket meanwhile. Look at the difference again."""

    code = "rules-changed"


class BucketControl(Protocol):
    """The rules of one bucket.

    Every method may raise `StoreUnavailableError`, `StoreForbiddenError` naming what the keys
    must be allowed, `BucketNotFoundError`, and `UnsupportedError` where the server has no such
    rules at all.
    """

    async def read(self, kind: RuleKind) -> Document | None:
        """Return the rules that the bucket has; None for none."""
        ...

    async def write(self, kind: RuleKind, document: Document | None) -> None:
        """Replace the rules of a kind; None takes them away. Twice is as once.

        Raises `RulesRefusedError`, and `RulesChangedError` where the server itself saw two write
        at once. What a server takes it may keep otherwise: read it back.
        """
        ...

    async def written_encryption(self, key: ObjectKey) -> Document:
        """Write an object without asking for encryption; return how the server encrypted it.

        The document has the fields of an encryption rule, as far as the server told any. The
        object is deleted again; a crash leaves it behind.
        """
        ...
