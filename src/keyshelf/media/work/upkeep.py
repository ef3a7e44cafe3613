"""What is done for work on media from time to time. Each task may run twice at once."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from keyshelf.jobs.periodic import PeriodicTask
from keyshelf.jobs.values import JobNotFoundError, JobState
from keyshelf.layout.media import WORK, work_prefix
from keyshelf.media.removing import remove_below
from keyshelf.media.work import queries
from keyshelf.media.work.parts import WorkParts
from keyshelf.media.work.webhooks.sending import send_due
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)


def upkeep(parts: WorkParts) -> Sequence[PeriodicTask]:
    """Return the tasks."""

    async def send_webhooks() -> None:
        await send_due(parts)

    async def sweep() -> None:
        await sweep_pieces(parts)

    async def sweep_names() -> None:
        await release_names(parts)

    return [
        PeriodicTask("media-webhooks", timedelta(seconds=5), send_webhooks),
        PeriodicTask("media-pieces", timedelta(hours=1), sweep),
        PeriodicTask("media-names", timedelta(hours=1), sweep_names),
    ]


async def sweep_pieces(parts: WorkParts) -> int:
    """Remove the pieces of jobs that succeeded or are forgotten; returns of how many jobs.

    A job that failed or was cancelled keeps its pieces as long as it can be retried.
    """
    swept = 0
    async for page in parts.media.media.list(WORK, delimiter="/"):
        for prefix in page.prefixes:
            job_id = _job_of(prefix)
            if job_id is not None and not await _is_needed(parts, job_id):
                await remove_below(parts.media.media, work_prefix(job_id))
                swept += 1
    if swept:
        _log.info("pieces of ended jobs removed", jobs=swept)
    return swept


async def release_names(parts: WorkParts) -> int:
    """Let go of names of media that no job, rendition or encode has; returns of how many.

    Whoever asks next may use them.
    """
    released = 0
    async with parts.media.database.read() as tx:
        unused = await queries.unused_names(tx)
    for name in unused:
        async with parts.media.database.transaction() as tx:
            # Whoever asks for work under this name does so before or after.
            await queries.lock(tx, name)
            released += await queries.release_name(tx, name)
    return released


async def _is_needed(parts: WorkParts, job_id: UUID) -> bool:
    async with parts.media.database.read() as tx:
        try:
            job = await parts.media.jobs.get(tx, job_id)
        except JobNotFoundError:
            return False
    return job.state is not JobState.SUCCEEDED


def _job_of(prefix: str) -> UUID | None:
    try:
        return UUID(prefix.removeprefix(WORK).rstrip("/"))
    except ValueError:
        return None
