"""The trash as a whole."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from keyshelf.api.caller import Reader, Service, Writer
from keyshelf.api.files_shown import show_trash
from keyshelf.api.routes.paging import PageWanted
from keyshelf.api.schemas import JobAnswer, JobOut, TrashContentOut, TrashList
from keyshelf.api.waiting import current
from keyshelf.drive.lists import service as lists
from keyshelf.drive.trash import service as trash
from keyshelf.layout.drive import OwnerId

router = APIRouter(prefix="/api/trash", tags=["trash"])


@router.get("")
async def list_trash(service: Service, viewer: Reader, paging: PageWanted) -> TrashList:
    """Return what was thrown away, the newest first."""
    page = await lists.list_trash(service.drive, viewer, paging)
    return await show_trash(service, page)


@router.delete("", response_model=JobAnswer | TrashContentOut)
async def empty_trash(
    service: Service,
    viewer: Writer,
    response: Response,
    dry_run: Annotated[bool, Query()] = False,
) -> JobAnswer | TrashContentOut:
    """Delete for ever all that is in the trash now; with `dry_run`, only say how much that is."""
    owners = [OwnerId(each) for each in viewer.owners]
    if dry_run:
        content = await trash.measure(service.drive, owners)
        return TrashContentOut(files=content.files, folders=content.folders, bytes=content.bytes)
    job = await current(service, await trash.empty(service.drive, viewer, owners))
    response.status_code = 200 if job.state.is_final else 202
    return JobAnswer(job=JobOut.of(job))
