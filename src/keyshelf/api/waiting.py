"""Giving short work a moment, so that most changes are complete when they are answered."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import anyio
from fastapi import Response

from keyshelf.api.files_shown import file_out
from keyshelf.api.schemas import ChangedAnswer, JobOut
from keyshelf.app.service import Keyshelf
from keyshelf.drive.lists.service import show
from keyshelf.drive.values import Changed, Viewer
from keyshelf.jobs.runner import Runner
from keyshelf.jobs.values import Job, JobState


async def wait_for(service: Keyshelf, job_id: UUID | None) -> Job | None:
    """Run a job for a moment; return it if it has more to do or failed, None when done."""
    job = await current(service, job_id) if job_id is not None else None
    return None if job is None or job.state is JobState.SUCCEEDED else job


async def wait_for_all(
    runner: Runner, job_ids: Sequence[UUID], *, deadline: timedelta
) -> Job | None:
    """Run jobs one after another for a moment in all; return one that has more to do or failed.

    Those whose turn does not come are left to the workers.
    """
    unfinished: Job | None = None
    ends_at = anyio.current_time() + deadline.total_seconds()
    for job_id in job_ids:
        left = max(0.0, ends_at - anyio.current_time())
        if unfinished is not None and not left:
            break
        job = await runner.run_now(job_id, deadline=timedelta(seconds=left))
        if job.state is not JobState.SUCCEEDED:
            unfinished = job
    return unfinished


async def current(service: Keyshelf, job_id: UUID) -> Job:
    """Run a job for a moment and return how far it is."""
    return await service.runner.run_now(job_id, deadline=service.drive.options.wait_for_moves)


async def changed(
    service: Keyshelf, viewer: Viewer, change: Changed, response: Response
) -> ChangedAnswer:
    """Answer a change: 202 with the job while objects still follow."""
    job = await wait_for(service, change.job_id)
    file = change.file
    if change.job_id is not None:
        file = await show(service.drive, viewer, file.id)
    if job is not None:
        response.status_code = 202
    response.headers["ETag"] = f'"{file.version}"'
    return ChangedAnswer(file=await file_out(service, file), job=JobOut.of(job) if job else None)
