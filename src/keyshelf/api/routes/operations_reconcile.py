"""Whether the stores hold what the database says. For administrators."""

from uuid import UUID

from fastapi import APIRouter

from keyshelf.api.caller import Administrator, Service
from keyshelf.api.once import OnceRoute
from keyshelf.api.operations_reconcile_schemas import (
    ReconcileIn,
    ReconciliationDetailOut,
    ReconciliationOut,
    ReconciliationsOut,
)
from keyshelf.api.schemas import JobAnswer, JobOut
from keyshelf.operations.reconcile import service as reconciling
from keyshelf.operations.reconcile.service import ReconcileParts
from keyshelf.operations.reconcile.shown import shown
from keyshelf.workflows.reconcile_jobs import schedule_reconcile

router = APIRouter(
    prefix="/api/operations/reconciliations", tags=["operations"], route_class=OnceRoute
)


@router.get("")
async def list_reconciliations(service: Service, caller: Administrator) -> ReconciliationsOut:
    """Return the comparisons of stores with the database that are kept, the newest first."""
    del caller
    found = await reconciling.find_all(ReconcileParts(service.database))
    return ReconciliationsOut(
        items=[ReconciliationOut.model_validate(shown(each)) for each in found]
    )


@router.get("/{reconciliation_id}")
async def show_reconciliation(
    service: Service, caller: Administrator, reconciliation_id: UUID
) -> ReconciliationDetailOut:
    """Return what a comparison found, with its first 1,000 findings by key."""
    del caller
    found = await reconciling.get(ReconcileParts(service.database), reconciliation_id)
    return ReconciliationDetailOut.model_validate(shown(found))


@router.post("", status_code=202)
async def start_reconciliation(
    service: Service, caller: Administrator, body: ReconcileIn
) -> JobAnswer:
    """Start comparing a store with the database, both ways; the job's result names the report.

    One that was cut short is gone on with. Nothing is changed unless `repair` is set.
    """
    async with service.database.transaction() as tx:
        job = await schedule_reconcile(
            tx, service.jobs, body.store, repair=body.repair, asked_by=caller.id
        )
    return JobAnswer(job=JobOut.of(job))
