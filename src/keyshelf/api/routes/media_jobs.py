"""Asking for work on media, and sending its webhooks again."""

from uuid import UUID

from fastapi import APIRouter, Response

from keyshelf.access.permissions import Action, require
from keyshelf.api.caller import Caller, Service
from keyshelf.api.media_limits import count_media_job
from keyshelf.api.media_schemas import NewJobIn, ShownJobAnswer
from keyshelf.api.once import OnceRoute
from keyshelf.api.routes.jobs import answer, visible
from keyshelf.media.work.admission import asker_of, create
from keyshelf.media.work.retrying import send_again

router = APIRouter(prefix="/api/jobs", tags=["media"], route_class=OnceRoute)


@router.post("", status_code=202)
async def create_job(
    service: Service, caller: Caller, body: NewJobIn, response: Response
) -> ShownJobAnswer:
    """Ask for work on media: 202 with a new job, or 200 with one that does or did the same."""
    asker = asker_of(caller, body.source)
    await count_media_job(service, caller)
    admitted = await create(service.media.work, body.wish(), asker)
    if not admitted.is_new:
        response.status_code = 200
    return await answer(service, caller, admitted.job)


@router.post("/{job_id}/webhook", status_code=202)
async def send_webhook_again(service: Service, caller: Caller, job_id: UUID) -> ShownJobAnswer:
    """Send the webhooks of a job that ended once more."""
    job = await visible(service, caller, job_id)
    require(caller, Action.WRITE, caller.id)
    await count_media_job(service, caller)
    async with service.database.transaction() as tx:
        await send_again(tx, job)
    return await answer(service, caller, job)
