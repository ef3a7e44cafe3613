"""Archives: folders and selections as streamed ZIP files."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from keyshelf.api.caller import Reader, Service
from keyshelf.api.schemas import SelectionIn, UrlAnswer
from keyshelf.delivery.disposition import content_disposition
from keyshelf.drive.zips.service import (
    MAX_SELECTED,
    ZipDownload,
    keep_selection,
    open_selection,
    open_zip,
)
from keyshelf.errors import InvalidInputError

router = APIRouter(prefix="/api", tags=["downloads"])

_ID_LENGTH = 37


@router.get("/folders/{folder_id}/zip", response_class=StreamingResponse)
async def download_folder(service: Service, viewer: Reader, folder_id: UUID) -> StreamingResponse:
    """Stream a folder with all below it as a ZIP archive."""
    return _answer(await open_zip(service.drive, viewer, [folder_id]))


@router.get("/zip", response_class=StreamingResponse)
async def download_selection(
    service: Service,
    viewer: Reader,
    ids: Annotated[str, Query(max_length=MAX_SELECTED * _ID_LENGTH)],
) -> StreamingResponse:
    """Stream files and folders, their ids separated by commas, as a ZIP archive."""
    try:
        wanted = [UUID(each) for each in ids.split(",")]
    except ValueError as error:
        raise InvalidInputError("ids must be ids of files, separated by commas") from error
    return _answer(await open_zip(service.drive, viewer, wanted))


@router.post("/zip", status_code=201)
async def choose_selection(service: Service, viewer: Reader, body: SelectionIn) -> UrlAnswer:
    """Return a link to the ZIP archive of more files and folders than an address can name."""
    kept = await keep_selection(service.drive, viewer, body.ids)
    return UrlAnswer(url=f"/api/zip/{kept.id}", expires_at=kept.expires_at)


@router.get("/zip/{selection_id}", response_class=StreamingResponse)
async def download_chosen(
    service: Service, viewer: Reader, selection_id: UUID
) -> StreamingResponse:
    """Stream what was chosen as a ZIP archive; the link is for the caller who asked for it."""
    return _answer(await open_selection(service.drive, viewer, selection_id))


def _answer(archive: ZipDownload) -> StreamingResponse:
    return StreamingResponse(
        archive.stream,
        media_type="application/zip",
        headers={
            "Content-Disposition": content_disposition(archive.filename, inline=False),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
