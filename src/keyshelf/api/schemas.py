"""The shapes of requests and answers."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from keyshelf.drive.values import DriveFile, FileState, OnConflict, Page, Space
from keyshelf.jobs.values import Job, JobState, Unit
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.assets.values import AssetKind
from keyshelf.workflows.file_media import FileMedia, MediaState

Count = Annotated[int, Field(ge=0, le=2**63 - 1, strict=True)]
Ids = Annotated[list[UUID], Field(min_length=1, max_length=1000)]


class Request(BaseModel):
    """A body: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Answer(BaseModel):
    """A body that we send."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class JobErrorOut(Answer):
    """Why a job's last attempt failed, or a look at media."""

    code: str
    detail: str


LocalTime = Annotated[
    datetime,
    WithJsonSchema({"type": "string", "examples": ["2024-05-01T12:30:00"]}),
]
"""A time of a clock whose zone nobody knows, which `date-time` of OpenAPI cannot be."""


class FileMediaOut(Answer):
    """The media in a file. What is not known, or not there, is null."""

    hash: str | None
    """The BLAKE3 of the bytes; null until they were read."""
    kind: AssetKind
    """As the bytes tell; until they were read, as the name does."""
    state: MediaState
    """`waiting` while the bytes are to be read or the thumbnail is being made."""
    width: int | None
    """Of the upright picture, in pixels."""
    height: int | None
    duration_ms: int | None
    taken_at: LocalTime | None
    """As the camera's clock told it, without a zone."""
    thumbhash: str | None
    """In base64: https://evanw.github.io/thumbhash/."""
    dominant_color: str | None
    """`#rrggbb`"""
    error: JobErrorOut | None
    """Why the media are unreadable."""
    thumbnail_url: str | None
    """320 pixels wide, signed, and the same for a while so that browsers keep it."""
    large_url: str | None
    """A picture that fills a screen; of a film its cover."""
    preview_url: str | None
    """A film in short, moving."""
    has_stream: bool
    stream_encrypted: bool

    @classmethod
    def of(cls, media: FileMedia, *, link_of: Callable[[ObjectKey], str]) -> Self:
        """Show the media in a file; `link_of` tells the address of a picture."""
        facts, shown = media.facts, media.shown

        def link(key: ObjectKey | None) -> str | None:
            return None if key is None else link_of(key)

        color, unreadable = facts.dominant_color, facts.unreadable
        return cls(
            hash=shown and shown.hash,
            kind=facts.kind,
            state=media.state,
            width=facts.width,
            height=facts.height,
            duration_ms=facts.duration_ms,
            taken_at=facts.taken_at,
            thumbhash=b64encode(facts.thumbhash).decode() if facts.thumbhash else None,
            dominant_color=None if color is None else f"#{color:06x}",
            error=unreadable and JobErrorOut(code=unreadable.code, detail=unreadable.detail),
            thumbnail_url=link(shown and shown.thumbnail),
            large_url=link(shown and shown.large),
            preview_url=link(shown and shown.preview),
            has_stream=shown is not None and shown.has_stream,
            stream_encrypted=shown is not None and shown.is_encrypted,
        )


class FileOut(Answer):
    """A file or folder."""

    id: UUID
    key: str
    filename: str
    mimetype: str
    size: int
    owner_id: str
    space: Space
    parent_id: UUID | None
    is_folder: bool
    state: FileState
    etag: str
    favorited: bool
    last_opened: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    moving: bool
    content_hash: str | None
    """The BLAKE3 of the bytes in hex; null until they were read."""
    media: FileMediaOut | None
    path: str | None = None

    @classmethod
    def of(cls, file: DriveFile, media: FileMediaOut | None) -> Self:
        """Show a file, and the media in it."""
        return cls(
            id=file.id,
            key=file.key,
            filename=file.filename,
            mimetype=file.mimetype,
            size=file.size,
            owner_id=file.owner_id,
            space=file.space,
            parent_id=file.parent_id,
            is_folder=file.is_folder,
            state=file.state,
            etag=str(file.version),
            favorited=file.favorited,
            last_opened=file.last_opened,
            created_at=file.created_at,
            updated_at=file.updated_at,
            deleted_at=file.deleted_at,
            moving=file.moving,
            content_hash=file.content_hash,
            media=media,
            path=file.path,
        )


class FileList(Answer):
    """One page of files."""

    items: list[FileOut]
    next_cursor: str | None


class TrashedOut(FileOut):
    """Something in the trash: where it was, and when it goes for ever."""

    original_path: str
    purge_at: datetime


class TrashList(Answer):
    """One page of the trash."""

    items: list[TrashedOut]
    next_cursor: str | None

    @classmethod
    def shown(cls, page: Page, *, kept: timedelta, media: Mapping[UUID, FileMediaOut]) -> Self:
        """Show a page; `kept` is how long the trash keeps things."""
        items = [
            TrashedOut(
                **FileOut.of(each, media.get(each.id)).model_dump(),
                original_path=each.path or "",
                purge_at=(each.deleted_at or each.updated_at) + kept,
            )
            for each in page.items
        ]
        return cls(items=items, next_cursor=page.next_cursor)


class JobProgressOut(Answer):
    """How far a job has come."""

    done: int
    total: int | None
    unit: Unit
    message: str | None


class JobOut(Answer):
    """A job."""

    id: UUID
    kind: str
    hash: str | None
    is_background: bool
    """Whether nobody asked for it: the service does by itself."""
    state: JobState
    stopping: JobState | None
    """What a running job is about to become because somebody asked: `cancelled` or `paused`."""
    progress: JobProgressOut
    attempts: int
    error: JobErrorOut | None
    result: dict[str, object] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> Self:
        """Show a job."""
        media_hash = job.payload.get("hash")
        return cls(
            id=job.id,
            kind=job.kind,
            hash=media_hash if isinstance(media_hash, str) else None,
            is_background=job.is_background,
            state=job.state,
            stopping=job.stopping,
            progress=JobProgressOut.model_validate(job.progress, from_attributes=True),
            attempts=job.attempts,
            error=job.error and JobErrorOut.model_validate(job.error, from_attributes=True),
            result=dict(job.result) if job.result is not None else None,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
        )


class JobList(Answer):
    """One page of jobs."""

    items: list[JobOut]
    next_cursor: str | None


class FileAnswer(Answer):
    """One file."""

    file: FileOut


class ChangedAnswer(Answer):
    """A file after a change, and the job that makes its objects follow while that goes on."""

    file: FileOut
    job: JobOut | None = None


class FolderAnswer(Answer):
    """One folder."""

    folder: FileOut


class ChangeIn(Request):
    """What is to change of a file or folder. A `parent_id` of null is the root."""

    filename: str | None = None
    parent_id: UUID | None = None
    space: Space | None = None
    on_conflict: Literal[OnConflict.FAIL, OnConflict.RENAME] = OnConflict.FAIL


class CopyIn(Request):
    """Where a copy goes."""

    parent_id: UUID | None = None
    space: Space = Space.MY_FILES
    filename: str | None = None
    on_conflict: Literal[OnConflict.FAIL, OnConflict.RENAME] = OnConflict.FAIL


class RestoreIn(Request):
    """How to restore: elsewhere when `parent_id` is given, null being the root."""

    on_conflict: Literal[OnConflict.FAIL, OnConflict.RENAME] = OnConflict.FAIL
    parent_id: UUID | None = None
    space: Space | None = None


class NewFolderIn(Request):
    """A folder to make."""

    name: str
    parent_id: UUID | None = None
    space: Space = Space.MY_FILES
    on_conflict: Literal[OnConflict.FAIL, OnConflict.RENAME, OnConflict.EXISTING] = OnConflict.FAIL


class FavoriteIn(Request):
    """Whether a file is a favourite."""

    favorited: Annotated[bool, Field(strict=True)]


class FavoriteAnswer(Answer):
    """Whether a file is a favourite."""

    favorited: bool


BatchAction = Literal["trash", "restore", "move", "copy", "delete", "favorite", "unfavorite"]


class BatchIn(Request):
    """One action on many files."""

    action: BatchAction
    ids: Ids
    parent_id: UUID | None = None
    space: Space = Space.MY_FILES
    on_conflict: Literal[OnConflict.FAIL, OnConflict.RENAME] = OnConflict.FAIL


class SelectionIn(Request):
    """What one archive is made of."""

    ids: Ids


class BatchResult(Answer):
    """What became of one of them."""

    id: UUID
    status: Literal["ok", "error"]
    file: FileOut | None = None
    problem: dict[str, object] | None = None


class BatchAnswer(Answer):
    """What became of all."""

    results: list[BatchResult]
    job: JobOut | None = None


class UrlAnswer(Answer):
    """A URL, and until when it is good."""

    url: str
    expires_at: datetime


class TrashContentOut(Answer):
    """What emptying the trash would delete."""

    files: int
    folders: int
    bytes: int


class JobAnswer(Answer):
    """A job that does what was asked for."""

    job: JobOut


class BackfillIn(Request):
    """What to bring in: all unless a prefix is given."""

    prefix: Annotated[str, Field(strict=True, max_length=1024)] = ""
    dry_run: Annotated[bool, Field(strict=True)] = False


class BackfillAnswer(Answer):
    """What backfill found and did."""

    scanned: int
    already_registered: int
    folders_created: int
    files_created: int
    errors: list[str]
    dry_run: bool
