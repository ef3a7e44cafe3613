"""Archives: folders and selections as streamed ZIP files."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from keyshelf.api.caller import Reader, Service
from keyshelf.delivery.disposition import content_disposition
from keyshelf.drive.values import Viewer
from keyshelf.drive.zips.service import MAX_SELECTED, open_zip
from keyshelf.errors import InvalidInputError

router = APIRouter(prefix="/api", tags=["downloads"])

_ID_LENGTH = 37


@router.get("/folders/{folder_id}/zip", response_class=StreamingResponse)
async def download_folder(service: Service, viewer: Reader, folder_id: UUID) -> StreamingResponse:
    """Stream a folder with all below it as a ZIP archive."""
    return await _archive(service, viewer, [folder_id])


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
    return await _archive(service, viewer, wanted)


async def _archive(service: Service, viewer: Viewer, ids: list[UUID]) -> StreamingResponse:
    archive = await open_zip(service.drive, viewer, ids)
    return StreamingResponse(
        archive.stream,
        media_type="application/zip",
        headers={
            "Content-Disposition": content_disposition(archive.filename, inline=False),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
