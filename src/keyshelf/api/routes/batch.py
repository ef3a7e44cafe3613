"""One action on many files."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter, Request

from keyshelf.api.caller import Service, Writer
from keyshelf.api.failures import problem
from keyshelf.api.files_shown import file_out
from keyshelf.api.schemas import BatchAnswer, BatchIn, BatchResult, JobOut
from keyshelf.api.waiting import wait_for_all
from keyshelf.app.service import Keyshelf
from keyshelf.drive.changes import copies, marks, moves
from keyshelf.drive.lists.service import show
from keyshelf.drive.trash import service as trash
from keyshelf.drive.values import Changed, OnConflict, Target, Viewer
from keyshelf.errors import Error

router = APIRouter(prefix="/api/batch", tags=["files"])

Act = Callable[[UUID], Awaitable[Changed | None]]


@router.post("")
async def run_batch(
    service: Service, viewer: Writer, body: BatchIn, request: Request
) -> BatchAnswer:
    """Do one thing to many files; each succeeds or fails by itself, in the order given."""
    act = _action(service, viewer, body)
    results: list[BatchResult] = []
    job_ids: list[UUID] = []
    for file_id in body.ids:
        try:
            change = await act(file_id)
        except Error as error:
            document = problem(error, request_id=request.state.request_id)
            results.append(BatchResult(id=file_id, status="error", problem=document))
            continue
        if change is not None and change.job_id is not None and change.job_id not in job_ids:
            job_ids.append(change.job_id)
        shown = await file_out(service, change.file) if change is not None else None
        results.append(BatchResult(id=file_id, status="ok", file=shown))
    deadline = service.drive.options.wait_for_moves
    job = await wait_for_all(service.runner, job_ids, deadline=deadline)
    return BatchAnswer(results=results, job=JobOut.of(job) if job else None)


def _action(service: Keyshelf, viewer: Viewer, body: BatchIn) -> Act:
    drive = service.drive
    on_conflict = OnConflict(body.on_conflict)
    target = Target(body.parent_id, body.space)

    async def throw_away(file_id: UUID) -> Changed:
        return Changed(await trash.trash(drive, viewer, file_id))

    async def restore(file_id: UUID) -> Changed:
        elsewhere = target if "parent_id" in body.model_fields_set else None
        return await trash.restore(
            drive, viewer, file_id, on_conflict=on_conflict, target=elsewhere
        )

    async def move(file_id: UUID) -> Changed:
        wish = moves.Move(target=target, on_conflict=on_conflict)
        return await moves.move(drive, viewer, file_id, wish)

    async def copy(file_id: UUID) -> Changed:
        wish = copies.Copy(target=target, on_conflict=on_conflict)
        return await copies.start_copy(drive, viewer, file_id, wish)

    async def delete(file_id: UUID) -> None:
        await trash.delete_for_ever(drive, viewer, file_id)

    async def favorite(file_id: UUID) -> Changed:
        await marks.set_favorite(drive, viewer, file_id, favorited=body.action == "favorite")
        return Changed(await show(drive, viewer, file_id))

    actions: dict[str, Act] = {
        "trash": throw_away,
        "restore": restore,
        "move": move,
        "copy": copy,
        "delete": delete,
        "favorite": favorite,
        "unfavorite": favorite,
    }
    return actions[body.action]
