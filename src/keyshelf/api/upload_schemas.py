"""The shapes of requests and answers about uploads."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from keyshelf.api.schemas import Answer, Count, FileOut, Request
from keyshelf.drive.uploads.values import (
    PartUrl,
    Upload,
    UploadProgress,
    UploadState,
    UploadUrls,
)
from keyshelf.drive.values import OnConflict, Space
from keyshelf.store.base import SignedRequest


class UploadOut(Answer):
    """An upload."""

    id: UUID
    file_id: UUID | None
    filename: str
    size: int
    multipart: bool
    part_size: int | None
    part_count: int | None
    state: UploadState
    expires_at: datetime
    created_at: datetime
    error: str | None

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """Show an upload."""
        cut = upload.cutting
        return cls(
            id=upload.id,
            file_id=upload.file_id,
            filename=upload.filename,
            size=upload.size,
            multipart=cut is not None,
            part_size=cut.part_size if cut else None,
            part_count=cut.part_count if cut else None,
            state=upload.state,
            expires_at=upload.expires_at,
            created_at=upload.created_at,
            error=upload.error,
        )


class NewFileIn(Request):
    """A file that is about to be uploaded."""

    filename: str
    parent_id: UUID | None = None
    space: Space = Space.MY_FILES
    size: Count
    mimetype: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    on_conflict: Literal[OnConflict.FAIL, OnConflict.RENAME, OnConflict.REPLACE] = OnConflict.FAIL


class PartRange(Request):
    """Parts by number, both included."""

    first: Annotated[int, Field(ge=1, le=10_000)]
    last: Annotated[int, Field(ge=1, le=10_000)]


class UploadUrlIn(Request):
    """Which parts need URLs: the first ones unless told.

    `again` where a PUT of the whole file was begun and its success not seen: what it
    wrote is given up, and the bytes go elsewhere.
    """

    parts: PartRange | None = None
    again: bool = False


class PartIn(Request):
    """A part as the store answered for it."""

    part_number: Annotated[int, Field(ge=1, le=10_000)]
    etag: Annotated[str, Field(min_length=1, max_length=255)]


class CompleteIn(Request):
    """The parts that were sent, one PUT as part 1; the store is asked when none are named."""

    parts: Annotated[list[PartIn], Field(max_length=10_000)] | None = None


class ReservedAnswer(Answer):
    """A reserved file and its upload."""

    file: FileOut
    upload: UploadOut


class OpenUploadOut(UploadOut):
    """An upload that is not finished, and the folder that its file is in."""

    parent_id: UUID | None

    @classmethod
    def shown(cls, upload: Upload) -> Self:
        """Show an upload with its folder."""
        return cls(**UploadOut.of(upload).model_dump(), parent_id=upload.parent_id)


class OpenUploadList(Answer):
    """One page of open uploads."""

    items: list[OpenUploadOut]
    next_cursor: str | None


class PartUrlOut(Answer):
    """Where one part goes: send exactly these headers."""

    part_number: int
    size: int
    method: str
    url: str
    headers: dict[str, str]

    @classmethod
    def of(cls, part: PartUrl) -> Self:
        """Show where a part goes."""
        request = part.request
        return cls(
            part_number=part.number,
            size=part.size,
            method=request.method,
            url=request.url,
            headers=dict(request.headers),
        )


class SinglePutOut(Answer):
    """Where the bytes go in one request: send exactly these headers."""

    multipart: Literal[False] = False
    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime

    @classmethod
    def of(cls, request: SignedRequest) -> Self:
        """Show where the bytes go."""
        return cls(
            method=request.method,
            url=request.url,
            headers=dict(request.headers),
            expires_at=request.expires_at,
        )


class PartUrlsOut(Answer):
    """Where parts go."""

    multipart: Literal[True] = True
    part_size: int
    upload_id: str
    parts: list[PartUrlOut]
    expires_at: datetime


UploadUrlAnswer = SinglePutOut | PartUrlsOut


def upload_url_answer(urls: UploadUrls) -> UploadUrlAnswer:
    """Show where bytes go."""
    if urls.single is not None:
        return SinglePutOut.of(urls.single)
    cut = urls.upload.cutting
    return PartUrlsOut(
        part_size=cut.part_size if cut else 0,
        upload_id=urls.upload.multipart_id or "",
        parts=[PartUrlOut.of(each) for each in urls.parts],
        expires_at=urls.expires_at,
    )


class UploadedPartOut(Answer):
    """A part that the store has."""

    part_number: int
    size: int
    etag: str


class UploadProgressAnswer(Answer):
    """An upload, and the parts that the store has."""

    upload: UploadOut
    uploaded_parts: list[UploadedPartOut]

    @classmethod
    def of(cls, progress: UploadProgress) -> Self:
        """Show how far an upload is."""
        parts = [
            UploadedPartOut(part_number=each.number, size=each.size, etag=each.etag)
            for each in progress.parts
        ]
        return cls(upload=UploadOut.of(progress.upload), uploaded_parts=parts)
