"""Bringing into the drive what its bucket has and no row knows. For administrators."""

from fastapi import APIRouter

from keyshelf.api.caller import Administrator, Service
from keyshelf.api.once import OnceRoute
from keyshelf.api.operations_backfill_schemas import BackfillDriveIn
from keyshelf.api.schemas import JobAnswer, JobOut
from keyshelf.drive.settle.schedule import schedule_backfill

router = APIRouter(prefix="/api/operations/backfill", tags=["operations"], route_class=OnceRoute)


@router.post("", status_code=202)
async def start_backfill(
    service: Service, caller: Administrator, body: BackfillDriveIn | None = None
) -> JobAnswer:
    """Start making rows of the objects that the drive does not know; a dry run only counts them.

    No object is changed. The job's result has the numbers, and the keys that are no file of
    any drive.
    """
    wish = body or BackfillDriveIn()
    async with service.database.transaction() as tx:
        job = await schedule_backfill(
            tx, service.drive, wish.prefix, dry_run=wish.dry_run, asked_by=caller.id
        )
    return JobAnswer(job=JobOut.of(job))
