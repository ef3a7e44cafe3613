"""What the answers about uploads are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from keyshelf.drive.uploads.plan import Cutting
from keyshelf.drive.values import DriveFile, OnConflict, Target
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Part, SignedRequest


class UploadState(StrEnum):
    """How far an upload is: `failed` is aborted, `expired` is swept after its time."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class NewUpload:
    """What somebody wants to upload."""

    filename: str
    size: int
    target: Target
    mimetype: str | None = None
    """What the sender takes it for; without one the name decides."""
    on_conflict: OnConflict = OnConflict.FAIL


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes that are announced, and where they go."""

    id: UUID
    file_id: UUID | None
    """None once a new file that was not completed has given its name back."""
    created_by: str
    key: ObjectKey
    filename: str
    size: int
    mimetype: str
    replaces: bool
    """True: a ready file keeps its bytes until these are complete."""
    cutting: Cutting | None
    """None for a single PUT."""
    multipart_id: str | None
    """The store's own id; None until the first URLs are asked for."""
    state: UploadState
    error: str | None
    created_at: datetime
    expires_at: datetime
    parent_id: UUID | None = None
    """The folder that its file is in."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A file whose bytes may now be uploaded."""

    file: DriveFile
    upload: Upload


@dataclass(frozen=True, slots=True)
class PartUrl:
    """Where one part goes."""

    number: int
    size: int
    request: SignedRequest


@dataclass(frozen=True, slots=True)
class UploadUrls:
    """Where bytes go: one request, or one for each part of the range asked for."""

    upload: Upload
    single: SignedRequest | None
    parts: Sequence[PartUrl]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """An upload, and the parts of it that the store holds."""

    upload: Upload
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class UploadPage:
    """Some open uploads, newest first, and where the next ones begin."""

    items: Sequence[Upload]
    next_cursor: str | None
