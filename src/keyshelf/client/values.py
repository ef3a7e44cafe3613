"""What the API answers, as frozen values; the names are those of the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from keyshelf.client.wire import JSON

Space = Literal["my-files", "shared"]
SPACES: tuple[Space, ...] = ("my-files", "shared")
OnConflict = Literal["fail", "rename", "replace"]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and the cursor of the next."""

    items: tuple[Mapping[str, JSON], ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class FileMedia:
    """The media in a file; what is not known, or not there, is None."""

    hash: str | None
    kind: str
    """`image`, `video` or `audio`."""
    state: str
    """`waiting`, `ready` or `unreadable`."""
    width: int | None
    height: int | None
    duration_ms: int | None
    taken_at: str | None
    """As the camera's clock told it, without a zone."""
    thumbhash: str | None
    dominant_color: str | None
    thumbnail_url: str | None
    large_url: str | None
    preview_url: str | None
    has_stream: bool
    stream_encrypted: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file or a folder of the drive."""

    id: UUID
    key: str
    filename: str
    mimetype: str | None
    size: int
    owner_id: str
    space: str
    parent_id: UUID | None
    is_folder: bool
    state: str
    etag: str
    favorited: bool
    last_opened: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    moving: bool
    content_hash: str | None
    """The BLAKE3 of its bytes in hex, once the service read them."""
    media: FileMedia | None


@dataclass(frozen=True, slots=True)
class FoundFile(File):
    """A file that a search found, with the path of its folder."""

    path: str


@dataclass(frozen=True, slots=True)
class TrashedFile(File):
    """A file in the trash: the path of the folder it was in, and when it goes for good."""

    original_path: str
    purge_at: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was reserved; `part_size` and `part_count` where it goes in parts."""

    id: UUID
    file_id: UUID | None
    filename: str
    size: int
    multipart: bool
    part_size: int | None
    part_count: int | None
    state: str
    expires_at: datetime
    created_at: datetime
    error: str | None


@dataclass(frozen=True, slots=True)
class Reservation:
    """A name held for a file whose bytes are still to come."""

    file: File
    upload: Upload


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """A part that the store already has."""

    part_number: int
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class UploadStatus:
    """How far an upload is."""

    upload: Upload
    uploaded_parts: tuple[UploadedPart, ...]


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """One request to the store, to be sent exactly so."""

    method: str
    url: str
    headers: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class SignedPart(SignedRequest):
    """The request that sends one part."""

    part_number: int
    size: int


@dataclass(frozen=True, slots=True)
class SignedParts:
    """The requests that send some parts of an upload."""

    parts: tuple[SignedPart, ...]


@dataclass(frozen=True, slots=True)
class DownloadLink:
    """Where the store gives the bytes of a file, until `expires_at`."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is; no total where it is not known."""

    done: int
    total: int | None
    unit: str
    message: str | None


@dataclass(frozen=True, slots=True)
class JobFailure:
    """Why a job failed."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Job:
    """Work that goes on in the background."""

    id: UUID
    kind: str
    hash: str | None
    state: str
    progress: JobProgress
    attempts: int
    error: JobFailure | None
    result: Mapping[str, JSON] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    stopping: str | None = None
    """What a running job is about to become because somebody asked: cancelled or paused."""

    @property
    def is_final(self) -> bool:
        """Whether the job has ended."""
        return self.state in {"succeeded", "failed", "cancelled"}


@dataclass(frozen=True, slots=True)
class JobLogLine:
    """Something that happened to a job; lines that were written later have larger numbers."""

    number: int
    at: datetime
    level: str
    text: str
    code: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class JobLog:
    """The newest lines of a job's log; there will be no more where the state is final."""

    state: str
    lines: tuple[JobLogLine, ...]

    @property
    def is_final(self) -> bool:
        """Whether the job has ended."""
        return self.state in {"succeeded", "failed", "cancelled"}


@dataclass(frozen=True, slots=True)
class Changed:
    """A file after a change, and the job that moves its objects where there is one."""

    file: File | None
    job: Job | None


@dataclass(frozen=True, slots=True)
class TrashContents:
    """What emptying the trash would delete."""

    files: int
    folders: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Emptied:
    """What emptying the trash did: the number deleted, or the job that deletes."""

    deleted: int | None
    job: Job | None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token for programs; `token` only in the answer that made it."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    expires_at: datetime
    created_at: datetime | None
    last_used_at: datetime | None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class PlaybackToken:
    """A token that plays the media of one hash until it ends."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeyRotation:
    """How many content keys were wrapped anew, by which key, and which could not be."""

    rewrapped: int
    kek_version: str
    unreadable_count: int
    unreadable: tuple[str, ...]
    """The hashes of their media, at most 10,000."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in."""

    id: str
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """Which store holds the bytes of the drive."""

    kind: str
    bucket: str


@dataclass(frozen=True, slots=True)
class Session:
    """Who I am to the service, and what the service is."""

    identity: Identity
    is_admin: bool
    provider: str
    trash_days: int
    version: str
    store: StoreFacts


@dataclass(frozen=True, slots=True)
class BackfillReport:
    """What a backfill found and did; `errors` names each key it could not read, and why."""

    scanned: int
    already_registered: int
    folders_created: int
    files_created: int
    errors: tuple[str, ...]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class StartedJob:
    """The answer to a request whose work goes on in the background."""

    job: Job
