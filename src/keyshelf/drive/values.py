"""What the drive's answers are made of."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from keyshelf.layout.drive import SHARED, OwnerId
from keyshelf.layout.keys import ObjectKey

FOLDER_MIMETYPE = "inode/directory"


class Space(StrEnum):
    """A root that a person sees: their own files, or those of everybody."""

    MY_FILES = "my-files"
    SHARED = "shared"


class FileState(StrEnum):
    """Whether the bytes of a file are there."""

    PENDING = "pending"
    READY = "ready"


class Sort(StrEnum):
    """The orders of a level."""

    NAME = "name"
    SIZE = "size"
    CREATED = "created"
    UPDATED = "updated"
    TYPE = "type"


class Inspect(StrEnum):
    """Which files' bytes are read, once, for their hash and what they show."""

    ALL = "all"
    MEDIA = "media"
    NONE = "none"


class OnConflict(StrEnum):
    """What happens when the name is taken."""

    FAIL = "fail"
    RENAME = "rename"
    REPLACE = "replace"
    EXISTING = "existing"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the drive, and which drives they may look into."""

    id: str
    own: OwnerId

    @property
    def owners(self) -> list[str]:
        """The drives that this person sees."""
        return [self.own, SHARED]

    def owner_of(self, space: Space) -> OwnerId:
        """Return whose drive a space is."""
        return SHARED if space is Space.SHARED else self.own


@dataclass(frozen=True, slots=True)
class DriveFile:
    """One file or folder, as one viewer sees it."""

    id: UUID
    key: ObjectKey
    filename: str
    mimetype: str
    size: int
    owner_id: OwnerId
    parent_id: UUID | None
    is_folder: bool
    state: FileState
    version: int
    moving: bool
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    trashed_with: UUID | None
    object_etag: str | None
    purging: bool = False
    """Being deleted for ever, with all below it."""
    content_hash: str | None = None
    """The BLAKE3 of its bytes in hex, once they were read."""
    favorited: bool = False
    last_opened: datetime | None = None
    path: str | None = None
    """Names of the folders above, joined by slashes; only in lists that span folders."""

    @property
    def space(self) -> Space:
        """The root it lies under."""
        return Space.SHARED if self.owner_id == SHARED else Space.MY_FILES


@dataclass(frozen=True, slots=True)
class Changed:
    """A row after a change, and the job that makes its objects follow, if any must."""

    file: DriveFile
    job_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some files of a list, and where the next ones begin."""

    items: list[DriveFile]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """A folder to put something into; the root of a space without `parent_id`."""

    parent_id: UUID | None
    space: Space = Space.MY_FILES


@dataclass(frozen=True, slots=True)
class DriveOptions:
    """How the drive is tuned."""

    trash_kept: timedelta = field(default=timedelta(days=30))
    """How long the trash keeps what was thrown away."""
    upload_kept: timedelta = field(default=timedelta(hours=24))
    """How long an upload may stay unfinished before it is swept."""
    url_expiry: timedelta = field(default=timedelta(hours=1))
    """How long signed URLs are good for."""
    single_put_bytes: int = 16 * 2**20
    """Up to this size a new file is one PUT; above it, parts."""
    part_bytes: int = 8 * 2**20
    """The smallest part; larger files get larger ones, so that 10,000 suffice."""
    copies_at_once: int = 16
    """How many objects move or copy at a time."""
    wait_for_moves: timedelta = field(default=timedelta(seconds=2))
    """How long a request waits for objects to follow before it answers with a job."""
    inspect: Inspect = Inspect.ALL
    """Which files are read once they are there, to know their content."""
    backfilled_at_once: int = 5000
    """How many objects at least a backfill looks up and writes together."""
