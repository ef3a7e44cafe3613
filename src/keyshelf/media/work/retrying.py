"""Trying a job again: what is ready stays, and whoever was told is told again."""

from keyshelf.database.transactions import Transaction
from keyshelf.jobs.service import SERVICE
from keyshelf.jobs.values import Job
from keyshelf.media.work import queries
from keyshelf.media.work.admission import hold
from keyshelf.media.work.failures import NoWebhookError
from keyshelf.media.work.kinds import work_of
from keyshelf.media.work.parts import WorkParts
from keyshelf.media.work.replacing import require_replaceable
from keyshelf.media.work.webhooks import queries as webhook_queries


async def retry(
    tx: Transaction, parts: WorkParts, job: Job, *, by: str = SERVICE, by_admin: bool
) -> Job:
    """Queue a failed, cancelled or paused job again; only its stages that are not ready are tried.

    Raises `JobNotRetryableError`, `MediaBeingRemovedError`, and, unless an administrator
    wants it, `MadeForAnotherError` when others had the same made meanwhile.
    """
    work = work_of(job.payload)
    await hold(tx, work.hash)
    if not job.is_background and not by_admin:
        drive = str(job.payload["owner"])
        await require_replaceable(tx, parts, work, asked_by=job.owner_id, drive=drive)
    queued = await parts.media.jobs.retry(tx, job.id, by=by)
    await queries.forget_failed_stages(tx, job.id)
    for url in await webhook_queries.urls(tx, job.id):
        await webhook_queries.expect(
            tx, parts.media.new_id(), job_id=job.id, media=work.hash, url=url
        )
    return queued


async def send_again(tx: Transaction, job: Job) -> None:
    """Let the webhooks of a job that ended be sent once more. Raises `NoWebhookError`."""
    if not await webhook_queries.send_again(tx, job.id):
        raise NoWebhookError("no webhook of this job was sent or given up", job_id=str(job.id))
