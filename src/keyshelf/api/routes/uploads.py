"""Uploads: reserving a name, URLs for the bytes, and making the file visible."""

from uuid import UUID

from fastapi import APIRouter, Response

from keyshelf.api.caller import Reader, Service, Writer
from keyshelf.api.files_shown import file_out
from keyshelf.api.once import OnceRoute
from keyshelf.api.routes.paging import PageWanted
from keyshelf.api.schemas import ChangedAnswer
from keyshelf.api.upload_schemas import (
    CompleteIn,
    NewFileIn,
    OpenUploadList,
    OpenUploadOut,
    ReservedAnswer,
    UploadOut,
    UploadProgressAnswer,
    UploadUrlAnswer,
    UploadUrlIn,
    upload_url_answer,
)
from keyshelf.api.waiting import changed
from keyshelf.drive.uploads import abandon, complete, reserve, transfer
from keyshelf.drive.uploads.plan import PartRange
from keyshelf.drive.uploads.values import NewUpload
from keyshelf.drive.values import OnConflict, Target
from keyshelf.store.base import CompletedPart

router = APIRouter(prefix="/api", tags=["uploads"], route_class=OnceRoute)


@router.post("/files", status_code=201)
async def reserve_file(service: Service, viewer: Writer, body: NewFileIn) -> ReservedAnswer:
    """Reserve a name for a file that is about to be uploaded."""
    reservation = await reserve.reserve(
        service.drive,
        viewer,
        NewUpload(
            filename=body.filename,
            size=body.size,
            target=Target(body.parent_id, body.space),
            mimetype=body.mimetype,
            on_conflict=OnConflict(body.on_conflict),
        ),
    )
    return ReservedAnswer(
        file=await file_out(service, reservation.file), upload=UploadOut.of(reservation.upload)
    )


@router.post("/files/{file_id}/upload-url")
async def upload_urls(
    service: Service, viewer: Writer, file_id: UUID, body: UploadUrlIn | None = None
) -> UploadUrlAnswer:
    """Return where the bytes go; ask again whenever the URLs have expired."""
    told = body or UploadUrlIn()
    wanted = PartRange(told.parts.first, told.parts.last) if told.parts else None
    signed = await transfer.urls(service.drive, viewer, file_id, wanted, again=told.again)
    return upload_url_answer(signed)


@router.get("/files/{file_id}/upload")
async def show_upload(service: Service, viewer: Reader, file_id: UUID) -> UploadProgressAnswer:
    """Return the open upload of a file, and the parts that the store has."""
    return UploadProgressAnswer.of(await transfer.progress(service.drive, viewer, file_id))


@router.post("/files/{file_id}/complete-upload")
async def complete_upload(
    service: Service,
    viewer: Writer,
    file_id: UUID,
    response: Response,
    body: CompleteIn | None = None,
) -> ChangedAnswer:
    """Compare what the store holds with what was announced, and make the file visible."""
    parts = None
    if body is not None and body.parts is not None:
        parts = [CompletedPart(each.part_number, each.etag) for each in body.parts]
    done = await complete.complete(service.drive, viewer, file_id, parts)
    return await changed(service, viewer, done, response)


@router.delete("/files/{file_id}/upload", status_code=204)
async def abort_upload(service: Service, viewer: Writer, file_id: UUID) -> None:
    """Give the upload up: its parts are deleted and a new file gives its name back."""
    await abandon.abort(service.drive, viewer, file_id)


@router.get("/uploads")
async def list_uploads(service: Service, viewer: Reader, paging: PageWanted) -> OpenUploadList:
    """Return my uploads that are not complete, the newest first."""
    page = await transfer.open_uploads(
        service.drive, viewer, limit=paging.limit, cursor=paging.cursor
    )
    return OpenUploadList(
        items=[OpenUploadOut.shown(each) for each in page.items], next_cursor=page.next_cursor
    )
