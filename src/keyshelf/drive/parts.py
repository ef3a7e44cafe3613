"""What the drive stands on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from keyshelf.clock import Clock, system_clock
from keyshelf.database.pool import Database
from keyshelf.drive.markers import FolderMarkers
from keyshelf.drive.values import DriveOptions
from keyshelf.jobs.service import Jobs
from keyshelf.store.base import ObjectStore


@dataclass(frozen=True, slots=True)
class DriveParts:
    """The database, source store and job service of one drive, with its options.

    Drive functions open their own transactions, because bytes move between
    them: what must be durable first is committed or stored first.
    """

    database: Database
    store: ObjectStore
    jobs: Jobs
    options: DriveOptions = field(default_factory=DriveOptions)
    clock: Clock = system_clock
    new_id: Callable[[], UUID] = uuid4
    markers: FolderMarkers = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "markers", FolderMarkers(self.store))
