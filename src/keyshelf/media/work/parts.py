"""What work on media stands on, besides what all media do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from keyshelf.database.transactions import ReadTransaction
from keyshelf.errors import InvalidInputError
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash
from keyshelf.media.parts import MediaParts
from keyshelf.media.work.addresses import Resolve, resolve


@dataclass(frozen=True, slots=True)
class WorkOptions:
    """How work is admitted, told of, and undone."""

    webhook_secret: str = field(repr=False)
    """Signs webhooks: `whsec_` and base64, as Standard Webhooks has it."""
    allow_private_callbacks: bool = False
    """Whether webhooks may go to addresses inside the network of this service."""
    max_source_bytes: int = 64 * 2**30
    webhook_timeout: timedelta = timedelta(seconds=10)
    """How long a receiver may take, from connecting to its answer."""
    deletion_patience: timedelta = timedelta(seconds=20)
    """How long a deletion waits for work that it cancelled to end."""

    def __post_init__(self) -> None:
        if self.max_source_bytes < 1:
            raise InvalidInputError("a source has at least one byte")


@dataclass(frozen=True, slots=True)
class Place:
    """Where some bytes are: a key of the source store, and the ETag it has."""

    key: ObjectKey
    etag: str


FindContent = Callable[[ReadTransaction, MediaHash, OwnerId], Awaitable[Place | None]]
"""Tells where a drive has the bytes of a content hash, wherever they were when asked for."""


async def nowhere(_tx: ReadTransaction, _media: MediaHash, _drive: OwnerId) -> Place | None:
    """Know of no place."""
    return None


@dataclass(frozen=True, slots=True)
class WorkParts:
    """The media's parts, how work is done on them, and who resolves names of hosts."""

    media: MediaParts
    options: WorkOptions
    resolve: Resolve = resolve
    find_content: FindContent = nowhere
