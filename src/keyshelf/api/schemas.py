"""The shapes of requests and answers."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from keyshelf.access.identity import Scope
from keyshelf.access.tokens import ApiToken
from keyshelf.drive.values import DriveFile, FileState, OnConflict, Page, Space
from keyshelf.jobs.values import Job, JobState

Count = Annotated[int, Field(ge=0, le=2**63 - 1, strict=True)]
Ids = Annotated[list[UUID], Field(min_length=1, max_length=1000)]


class Request(BaseModel):
    """A body: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """A body that we send."""


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
    path: str | None = None

    @classmethod
    def of(cls, file: DriveFile) -> Self:
        """Show a file."""
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
            path=file.path,
        )


class FileList(Answer):
    """One page of files."""

    items: list[FileOut]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page) -> Self:
        """Show a page."""
        return cls(items=[FileOut.of(each) for each in page.items], next_cursor=page.next_cursor)


class TrashedOut(FileOut):
    """Something in the trash: where it was, and when it goes for ever."""

    original_path: str
    purge_at: datetime


class TrashList(Answer):
    """One page of the trash."""

    items: list[TrashedOut]
    next_cursor: str | None

    @classmethod
    def shown(cls, page: Page, *, kept: timedelta) -> Self:
        """Show a page; `kept` is how long the trash keeps things."""
        items = [
            TrashedOut(
                **FileOut.of(each).model_dump(),
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
    unit: Literal["files", "objects", "bytes"]
    message: str | None


class JobErrorOut(Answer):
    """Why a job's last attempt failed."""

    code: str
    detail: str


class JobOut(Answer):
    """A job."""

    id: UUID
    kind: str
    state: JobState
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
        progress = job.progress
        error = job.error
        return cls(
            id=job.id,
            kind=job.kind,
            state=job.state,
            progress=JobProgressOut(
                done=progress.done,
                total=progress.total,
                unit=progress.unit,
                message=progress.message,
            ),
            attempts=job.attempts,
            error=JobErrorOut(code=error.code, detail=error.detail) if error else None,
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


class SignInIn(Request):
    """The sign-in token."""

    token: Annotated[str, Field(min_length=1, max_length=4096)]


class IdentityOut(Answer):
    """Who is signed in."""

    id: str
    name: str
    email: str | None


class SpaceOut(Answer):
    """A root that the caller sees."""

    name: Space
    title: str


class StoreOut(Answer):
    """Where the drive's files are."""

    kind: str
    bucket: str


class SessionAnswer(Answer):
    """Who I am, and what the page needs to know."""

    identity: IdentityOut
    is_admin: bool
    csrf_token: str | None
    provider: Literal["local", "kratos"]
    spaces: list[SpaceOut]
    trash_days: int
    version: str
    store: StoreOut


class NewTokenIn(Request):
    """An API token to make."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    scopes: Annotated[list[Scope], Field(min_length=1)]
    expires_in_days: Annotated[int, Field(ge=1, le=366)]


class TokenOut(Answer):
    """An API token; what it is cannot be shown again."""

    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> Self:
        """Show a token."""
        return cls(
            id=token.id,
            name=token.name,
            scopes=sorted(token.scopes),
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
        )


class NewTokenAnswer(TokenOut):
    """A new token, with what it is: shown this once."""

    token: str


class TokenList(Answer):
    """All API tokens of the caller."""

    items: list[TokenOut]
    next_cursor: None = None


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
