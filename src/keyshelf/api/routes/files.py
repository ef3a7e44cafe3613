"""Files and folders one at a time: show, rename, move, copy, trash, restore, mark."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from keyshelf.api.caller import IfMatch, Reader, Service, Writer
from keyshelf.api.files_shown import file_out
from keyshelf.api.once import OnceRoute
from keyshelf.api.schemas import (
    ChangedAnswer,
    ChangeIn,
    CopyIn,
    FavoriteAnswer,
    FavoriteIn,
    FileAnswer,
    FolderAnswer,
    JobAnswer,
    JobOut,
    NewFolderIn,
    RestoreIn,
)
from keyshelf.api.waiting import changed, wait_for
from keyshelf.app.service import Keyshelf
from keyshelf.drive.changes import copies, marks, moves
from keyshelf.drive.changes.folders import create_folder as make_folder
from keyshelf.drive.content.inspecting import look_again
from keyshelf.drive.lists.service import show
from keyshelf.drive.trash import service as trash
from keyshelf.drive.values import FileState, OnConflict, Space, Target, Viewer
from keyshelf.errors import NotFoundError

router = APIRouter(prefix="/api", tags=["files"], route_class=OnceRoute)


@router.post("/folders", status_code=201)
async def create_folder(
    service: Service, viewer: Writer, body: NewFolderIn, response: Response
) -> FolderAnswer:
    """Make a folder; 200 with the one that is there when `on_conflict` is `existing`."""
    change, is_new = await make_folder(
        service.drive,
        viewer,
        name=body.name,
        target=Target(body.parent_id, body.space),
        on_conflict=OnConflict(body.on_conflict),
    )
    if not is_new:
        response.status_code = 200
    await wait_for(service, change.job_id)
    response.headers["ETag"] = f'"{change.file.version}"'
    return FolderAnswer(folder=await file_out(service, change.file))


@router.get("/files/{file_id}")
async def show_file(
    service: Service, viewer: Reader, file_id: UUID, response: Response
) -> FileAnswer:
    """Return a file or folder, also one in the trash."""
    file = await show(service.drive, viewer, file_id)
    response.headers["ETag"] = f'"{file.version}"'
    return FileAnswer(file=await file_out(service, file))


@router.patch("/files/{file_id}")
async def change_file(
    service: Service,
    viewer: Writer,
    file_id: UUID,
    body: ChangeIn,
    precondition: IfMatch,
    response: Response,
) -> ChangedAnswer:
    """Rename or move; every list shows it at once, 202 while its objects still follow."""
    target = await _target(service, viewer, file_id, body)
    change = await moves.move(
        service.drive,
        viewer,
        file_id,
        moves.Move(
            filename=body.filename,
            target=target,
            on_conflict=OnConflict(body.on_conflict),
            if_version=precondition.version,
        ),
    )
    return await changed(service, viewer, change, response)


@router.post("/files/{file_id}/copy", status_code=201)
async def copy_file(
    service: Service, viewer: Writer, file_id: UUID, body: CopyIn, response: Response
) -> ChangedAnswer:
    """Copy a file or a folder with all that is below it; 202 while that goes on."""
    change = await copies.start_copy(
        service.drive,
        viewer,
        file_id,
        copies.Copy(
            target=Target(body.parent_id, body.space),
            filename=body.filename,
            on_conflict=OnConflict(body.on_conflict),
        ),
    )
    job = await wait_for(service, change.job_id)
    if job is not None:
        response.status_code = 202
        return ChangedAnswer(file=await file_out(service, change.file), job=JobOut.of(job))
    file = await show(service.drive, viewer, change.file.id)
    if file.state is FileState.PENDING:
        raise NotFoundError("the object of this file is gone from the bucket: nothing to copy")
    return ChangedAnswer(file=await file_out(service, file))


@router.delete("/files/{file_id}", response_model=FileAnswer, responses={204: {}})
async def trash_file(
    service: Service,
    viewer: Writer,
    file_id: UUID,
    precondition: IfMatch,
    permanent: Annotated[bool, Query()] = False,
) -> FileAnswer | Response:
    """Put into the trash; with `permanent`, delete for ever what is in the trash."""
    if permanent:
        await wait_for(service, await trash.delete_for_ever(service.drive, viewer, file_id))
        return Response(status_code=204)
    file = await trash.trash(service.drive, viewer, file_id, if_version=precondition.version)
    return FileAnswer(file=await file_out(service, file))


@router.post("/files/{file_id}/restore")
async def restore_file(
    service: Service, viewer: Writer, file_id: UUID, body: RestoreIn, response: Response
) -> ChangedAnswer:
    """Bring back from the trash, to where it was or elsewhere."""
    change = await trash.restore(
        service.drive,
        viewer,
        file_id,
        on_conflict=OnConflict(body.on_conflict),
        target=await _target(service, viewer, file_id, body),
    )
    return await changed(service, viewer, change, response)


@router.post("/files/{file_id}/inspect", status_code=202)
async def inspect_file(service: Service, viewer: Writer, file_id: UUID) -> JobAnswer:
    """Look at a file anew: its hash, what it shows, and the pictures that stand for it."""
    return JobAnswer(job=JobOut.of(await look_again(service.drive, viewer, file_id)))


@router.put("/files/{file_id}/favorite")
async def set_favorite(
    service: Service, viewer: Writer, file_id: UUID, body: FavoriteIn
) -> FavoriteAnswer:
    """Mark or unmark as my favourite; saying it twice is the same as once."""
    await marks.set_favorite(service.drive, viewer, file_id, favorited=body.favorited)
    return FavoriteAnswer(favorited=body.favorited)


@router.post("/files/{file_id}/open", status_code=204)
async def note_opened(service: Service, viewer: Reader, file_id: UUID) -> None:
    """Put a file at the top of my recent files."""
    await marks.note_opened(service.drive, viewer, file_id)


async def _target(
    service: Keyshelf, viewer: Viewer, file_id: UUID, body: ChangeIn | RestoreIn
) -> Target | None:
    """Return where a body says that a file goes; a root is that of its own space unless told."""
    if not {"parent_id", "space"} & body.model_fields_set:
        return None
    space = body.space
    if space is None and body.parent_id is None:
        space = (await show(service.drive, viewer, file_id)).space
    return Target(body.parent_id, space or Space.MY_FILES)
