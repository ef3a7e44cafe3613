"""What serving pictures speaks of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from keyshelf.clock import Clock, system_clock
from keyshelf.database.pool import Database
from keyshelf.database.transactions import ReadTransaction
from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import ProcessingHash
from keyshelf.media.images.formats import ImageFormat
from keyshelf.media.images.options import ImageOptions
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.images.presets import Presets
from keyshelf.media.sources import Sources
from keyshelf.store.base import ObjectStore


@dataclass(frozen=True, slots=True)
class Picture:
    """A rendered picture."""

    name: ProcessingHash
    source: ObjectKey
    format: ImageFormat
    data: bytes = field(repr=False)
    etag: str
    """Made of the bytes."""


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """How pictures are kept and made."""

    memory_bytes: int = 256 * 2**20
    believed: timedelta = timedelta(seconds=3)
    """How long one in memory is served before the store is asked whether it is still there."""
    kept: timedelta = timedelta(days=90)
    """How long a picture stays in the store before it is made anew."""
    presets: Presets = field(default_factory=dict[str, ImageOptions])
    at_once: int = 1
    """How many are made or being kept at a time; each holds a database connection."""
    waiting: int = 64
    """How many may wait to be made."""
    max_source_bytes: int = 256 * 2**20

    def __post_init__(self) -> None:
        if self.at_once < 1 or min(self.memory_bytes, self.waiting) < 0:
            raise InvalidInputError("pictures are made one at a time or more, in some memory")


async def _unknown(tx: ReadTransaction, key: ObjectKey, etag: str) -> str | None:
    del tx, key, etag
    return None


@dataclass(frozen=True, slots=True)
class PictureParts:
    """What serving pictures stands on."""

    database: Database
    source: ObjectStore
    media: ObjectStore
    sources: Sources
    renders: RenderPool
    scratch: Path
    """Where `renders` reads pictures from."""
    options: PictureOptions
    content_hash_of: Callable[[ReadTransaction, ObjectKey, str], Awaitable[str | None]] = _unknown
    """Tells the BLAKE3 of a source with an ETag, if somebody knows it."""
    clock: Clock = system_clock
