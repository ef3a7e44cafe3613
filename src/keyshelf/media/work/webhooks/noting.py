"""What is told of a job that ended, written in the transaction that ends it."""

import json

from keyshelf.database.transactions import Transaction
from keyshelf.jobs.values import JSON, Job
from keyshelf.media.work import queries as work_queries
from keyshelf.media.work.kinds import SOURCE
from keyshelf.media.work.values import StageState
from keyshelf.media.work.webhooks import queries

_LONGEST_BODY = 256 * 2**10


async def on_end(tx: Transaction, job: Job) -> None:
    """Let those who wait for a job's end be told of it."""
    if not await queries.urls(tx, job.id):
        return
    stages = await work_queries.stages(tx, job.id)
    results: dict[str, JSON] = {
        each.name: each.result
        for each in stages
        if each.state is StageState.READY and each.name != SOURCE and "/" not in each.name
    }
    await queries.release(tx, job.id, body_of(job, results))


def body_of(job: Job, results: dict[str, JSON]) -> str:
    """Return the body of a webhook; results that are too long are left to the API."""
    data: dict[str, JSON] = {
        "job_id": str(job.id),
        "type": job.kind,
        "hash": job.payload["hash"],
        "status": job.state.value,
        "error": {"code": job.error.code, "detail": job.error.detail} if job.error else None,
    }
    event: dict[str, JSON] = {
        "type": f"media.job.{job.state.value}",
        "timestamp": job.finished_at.isoformat() if job.finished_at else None,
        "data": {**data, "results": results},
    }
    text = json.dumps(event)
    if len(text) > _LONGEST_BODY:
        text = json.dumps({**event, "data": {**data, "results": None}})
    return text
