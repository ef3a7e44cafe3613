"""What media stand on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from keyshelf.clock import Clock, system_clock
from keyshelf.database.pool import Database
from keyshelf.jobs.service import Jobs
from keyshelf.store.base import ObjectStore


@dataclass(frozen=True, slots=True)
class MediaParts:
    """The database, the two stores and the job service of media.

    `source` is only read. Functions open their own transactions, because bytes move
    between them: an object is stored before a row or a playlist mentions it.
    """

    database: Database
    source: ObjectStore
    media: ObjectStore
    jobs: Jobs
    scratch: Path
    """A private folder on a local disk, for what tools read and write."""
    clock: Clock = system_clock
    new_id: Callable[[], UUID] = uuid4
