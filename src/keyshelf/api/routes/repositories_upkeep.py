"""What keeps a repository sound: collecting garbage, looking for damage, and numbers."""

from fastapi import APIRouter

from keyshelf.api.caller import Service
from keyshelf.api.once import OnceRoute
from keyshelf.api.repository_access import Readable, Writable
from keyshelf.api.repository_schemas import CheckIn, CollectIn, StatsOut
from keyshelf.api.schemas import JobAnswer, JobOut
from keyshelf.repositories import managing
from keyshelf.repositories.scheduling import schedule_check, schedule_collection
from keyshelf.repositories.serving import readable_with

router = APIRouter(
    prefix="/api/repositories/{repository_id}", tags=["repositories"], route_class=OnceRoute
)


@router.get("/stats")
async def show_stats(at: Readable) -> StatsOut:
    """Return how much a repository holds."""
    return StatsOut.of(at.record, await managing.filled(at.parts, at.record))


@router.post("/gc", status_code=202)
async def collect_garbage(
    service: Service, at: Writable, body: CollectIn | None = None
) -> JobAnswer:
    """Start deleting what no branch or tag leads to; a dry run only says what that is."""
    wish = body or CollectIn()
    readable_with(at.parts, at.record)
    async with service.database.transaction() as tx:
        job = await schedule_collection(
            tx, service.jobs, at.record.id, dry_run=wish.dry_run, asked_by=at.identity.id
        )
    return JobAnswer(job=JobOut.of(job))


@router.post("/check", status_code=202)
async def check_repository(
    service: Service, at: Readable, body: CheckIn | None = None
) -> JobAnswer:
    """Start looking for damage; the job's result names the files and commits that it hurts.

    `read_data` verifies every byte, `sample` a part of them: 0.05 is one chunk in twenty.
    """
    wish = body or CheckIn()
    readable_with(at.parts, at.record)
    async with service.database.transaction() as tx:
        job = await schedule_check(
            tx,
            service.jobs,
            at.record.id,
            read_data=wish.read_data,
            sample=wish.sample,
            asked_by=at.identity.id,
        )
    return JobAnswer(job=JobOut.of(job))
