"""Jobs: what the caller asked for and is still going on."""

import base64
import binascii
import json
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from keyshelf.access.identity import Identity, Scope
from keyshelf.access.permissions import Action, require
from keyshelf.api.caller import Caller, Service
from keyshelf.api.job_log_schemas import JobLogAnswer
from keyshelf.api.media_limits import count_media_job
from keyshelf.api.media_schemas import MediaWorkOut, ShownJobAnswer
from keyshelf.api.routes.paging import PageWanted
from keyshelf.api.schemas import JobAnswer, JobList, JobOut
from keyshelf.api.streams import OneStream, states
from keyshelf.app.service import Keyshelf
from keyshelf.drive.failures import BadCursorError
from keyshelf.jobs.values import Job, JobNotFoundError, JobPosition, JobState
from keyshelf.layout.drive import SHARED
from keyshelf.media.work.retrying import retry
from keyshelf.media.work.showing import is_media, show
from keyshelf.repositories.scheduling import CHECK, COLLECT
from keyshelf.workflows.restore_jobs import RESTORE

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

_OF_REPOSITORIES = frozenset({COLLECT.name, CHECK.name, RESTORE.name})


@router.get("")
async def list_jobs(
    service: Service,
    caller: Caller,
    paging: PageWanted,
    state: JobState | None = None,
    kind: Annotated[str | None, Query(max_length=64)] = None,
    hash: Annotated[str | None, Query(max_length=128)] = None,  # noqa: A002 -- the parameter's name in the interface
    background: bool = True,
    all: bool = False,  # noqa: A002 -- the parameter's name in the interface
) -> JobList:
    """Return my jobs, the newest first; with `all`, everybody's, for administrators.

    `kind` is a job's type; `hash` picks the jobs on the media that are called so.
    With `background=false` those are left out that nobody asked for, unless they failed.
    """
    _require(caller, kind)
    if all:
        require(caller, Action.ADMINISTER)
    async with service.database.read() as tx:
        found = await service.jobs.list(
            tx,
            owner_id=None if all else caller.id,
            state=state,
            kind=kind,
            media_hash=hash,
            background=background,
            after=_position(paging.cursor),
            limit=paging.limit + 1,
        )
    items = [shown(caller, each) for each in found[: paging.limit]]
    more = len(found) > paging.limit
    return JobList(items=items, next_cursor=_cursor(found[paging.limit - 1]) if more else None)


@router.get("/{job_id}")
async def show_job(service: Service, caller: Caller, job_id: UUID) -> ShownJobAnswer:
    """Return a job; for work on media, with its stages, results and webhooks."""
    return await answer(service, caller, await visible(service, caller, job_id))


@router.get("/{job_id}/log")
async def show_log(
    service: Service,
    caller: Caller,
    job_id: UUID,
    after: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> JobLogAnswer:
    """Return what happened to a job: its last 200 lines, or those after the line of a number."""
    job = await visible(service, caller, job_id)
    async with service.database.read() as tx:
        lines = await service.jobs.log(tx, job_id, after=after or 0)
    details = _may_see_what_it_found(caller, job)
    return JobLogAnswer.of(job, lines, with_beginning=after is None, with_details=details)


@router.post("/{job_id}/pause", status_code=202)
async def pause_job(service: Service, caller: Caller, job_id: UUID) -> JobAnswer:
    """Have a job wait: at once when it waits anyway, at its next safe place when it runs.

    It keeps what it has done, and goes on when it is resumed or the same is asked for again.
    """
    _require(caller, (await visible(service, caller, job_id)).kind, is_change=True)
    async with service.database.transaction() as tx:
        job = await service.jobs.pause(tx, job_id, by=caller.id)
    return JobAnswer(job=shown(caller, job))


@router.post("/{job_id}/resume", status_code=202)
async def resume_job(service: Service, caller: Caller, job_id: UUID) -> JobAnswer:
    """Let a paused job go on."""
    _require(caller, (await visible(service, caller, job_id)).kind, is_change=True)
    async with service.database.transaction() as tx:
        job = await service.jobs.resume(tx, job_id, by=caller.id)
    return JobAnswer(job=shown(caller, job))


@router.post("/{job_id}/cancel", status_code=202)
async def cancel_job(service: Service, caller: Caller, job_id: UUID) -> JobAnswer:
    """End a job: at once when it waits or is paused, at its next safe place when it runs."""
    _require(caller, (await visible(service, caller, job_id)).kind, is_change=True)
    async with service.database.transaction() as tx:
        job = await service.jobs.cancel(tx, job_id, by=caller.id)
    return JobAnswer(job=shown(caller, job))


@router.post("/{job_id}/retry", status_code=202)
async def retry_job(service: Service, caller: Caller, job_id: UUID) -> JobAnswer:
    """Queue a failed, cancelled or paused job again; of media, only the stages not ready."""
    job = await visible(service, caller, job_id)
    _require(caller, job.kind, is_change=True)
    if is_media(job):
        await count_media_job(service, caller)
        async with service.database.transaction() as tx:
            queued = await retry(
                tx, service.media.work, job, by=caller.id, by_admin=caller.administers
            )
        return JobAnswer(job=shown(caller, queued))
    async with service.database.transaction() as tx:
        return JobAnswer(job=shown(caller, await service.jobs.retry(tx, job_id, by=caller.id)))


@router.get("/{job_id}/events", response_class=StreamingResponse)
async def follow_job(
    service: Service, caller: Caller, job_id: UUID, _stream: OneStream
) -> StreamingResponse:
    """Stream a job as server-sent events, one for each change, until it ends.

    Sixteen such streams may be open for one identity; past that the answer is 429.
    """
    job = await visible(service, caller, job_id)

    async def look() -> Job:
        async with service.database.read() as tx:
            return await service.jobs.get(tx, job_id)

    return StreamingResponse(
        states(job, look, show=partial(shown, caller)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def answer(service: Keyshelf, caller: Identity, job: Job) -> ShownJobAnswer:
    """Return a job as it is shown by itself."""
    if not is_media(job):
        return ShownJobAnswer(job=shown(caller, job))
    async with service.database.read() as tx:
        work = await show(tx, job)
    return ShownJobAnswer(job=shown(caller, job), media=MediaWorkOut.of(job, work))


async def visible(service: Keyshelf, caller: Identity, job_id: UUID) -> Job:
    """Return a job that the caller may see. Raises `JobNotFoundError`."""
    async with service.database.read() as tx:
        job = await service.jobs.get(tx, job_id)
    _require(caller, job.kind)
    if not may_see(caller, job):
        raise JobNotFoundError("there is no such job", job_id=str(job_id))
    return job


def may_see(caller: Identity, job: Job) -> bool:
    """Whether a job is the caller's, on a drive that they see, or anybody's to an administrator."""
    # Work on the shared drive is asked for by one and seen by all. That on somebody's own
    # an administrator may have asked for.
    is_theirs = job.owner_id == caller.id or job.payload.get("owner") in {SHARED, caller.id}
    return is_theirs or caller.administers


def _require(caller: Identity, kind: str | None, *, is_change: bool = False) -> None:
    """Raise unless the caller may see, or change, jobs of a kind; without one, the drive's."""
    if kind in _OF_REPOSITORIES:
        action = Action.WRITE_REPOSITORIES if is_change else Action.READ_REPOSITORIES
    else:
        action = Action.WRITE if is_change else Action.READ
    require(caller, action, caller.id)


def shown(caller: Identity, job: Job) -> JobOut:
    """Return what of a job its reader may see.

    What is found in a repository names files of it. Whoever asked for that could read the
    repository, and still sees it with a token that can; for others there is a bare job.
    """
    told = JobOut.of(job)
    if _may_see_what_it_found(caller, job):
        return told
    error = told.error and told.error.model_copy(update={"detail": ""})
    return told.model_copy(update={"result": None, "error": error})


def _may_see_what_it_found(caller: Identity, job: Job) -> bool:
    may_read = job.owner_id == caller.id and caller.holds(Scope.REPOSITORY_READ)
    return job.kind not in _OF_REPOSITORIES or may_read


def _cursor(job: Job) -> str:
    packed = json.dumps([job.created_at.isoformat(), str(job.id)]).encode()
    return base64.urlsafe_b64encode(packed).decode()


def _position(cursor: str | None) -> JobPosition | None:
    if cursor is None:
        return None
    try:
        created_at, job_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        position = JobPosition(datetime.fromisoformat(created_at), UUID(job_id))
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise BadCursorError("this cursor was not made here") from error
    if position.created_at.tzinfo is None:
        raise BadCursorError("this cursor was not made here")
    return position
