"""Archives: folders and selections as streamed ZIP files."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from keyshelf.api.caller import Reader, Service
from keyshelf.delivery.disposition import content_disposition
from keyshelf.drive import zips
from keyshelf.drive.zips import Archive

router = APIRouter(prefix="/api", tags=["downloads"])


@router.get("/folders/{folder_id}/zip", response_class=StreamingResponse)
async def download_folder(service: Service, viewer: Reader, folder_id: UUID) -> StreamingResponse:
    """Stream a folder with all below it as a ZIP archive."""
    return _archive(await zips.zip_folder(service.drive, viewer, folder_id))


@router.get("/zip", response_class=StreamingResponse)
async def download_selection(
    service: Service, viewer: Reader, ids: Annotated[str, Query(max_length=40_000)]
) -> StreamingResponse:
    """Stream files and folders, their ids separated by commas, as a ZIP archive."""
    wanted = [zips.file_id(each) for each in ids.split(",")]
    return _archive(await zips.zip_selection(service.drive, viewer, wanted))


def _archive(archive: Archive) -> StreamingResponse:
    return StreamingResponse(
        archive.content,
        media_type="application/zip",
        headers={
            "Content-Disposition": content_disposition(archive.filename, inline=False),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
