"""How far replicas are behind, and copying that. For administrators."""

from fastapi import APIRouter

from keyshelf.api.caller import Administrator, Service
from keyshelf.api.once import OnceRoute
from keyshelf.api.operations_replicas_schemas import (
    BackfillReplicaIn,
    ReplicaFailureOut,
    ReplicaOut,
    ReplicasOut,
    ReplicaStateOut,
)
from keyshelf.api.schemas import JobAnswer, JobOut
from keyshelf.app.replicas import replica_parts, replica_places
from keyshelf.operations.replicas import work
from keyshelf.operations.replicas.values import Wish

router = APIRouter(prefix="/api/operations/replicas", tags=["operations"], route_class=OnceRoute)


@router.get("")
async def list_replicas(service: Service, caller: Administrator) -> ReplicasOut:
    """Return the replicas of the repository store, each as it was when it was last compared."""
    del caller
    parts = replica_parts(service.settings, service.database)
    states = {each.replica: ReplicaStateOut.of(each) for each in await work.states(parts)}
    failures = {each.replica: ReplicaFailureOut.of(each) for each in await work.failures(parts)}
    return ReplicasOut(
        items=[
            ReplicaOut(
                id=each.id,
                region=each.region,
                bucket=each.bucket,
                state=states.get(each.id),
                failure=failures.get(each.id),
            )
            for each in replica_places(service.settings)
        ]
    )


@router.post("/{replica}/backfill", status_code=202)
async def backfill_replica(
    service: Service, caller: Administrator, replica: str, body: BackfillReplicaIn | None = None
) -> JobAnswer:
    """Start copying to a replica what it lacks, or back from it; a dry run only compares.

    Nothing is deleted. The job's result has the numbers, and names the first of what is behind.
    """
    wanted = body or BackfillReplicaIn()
    wish = Wish(replica, dry_run=wanted.dry_run, back=wanted.back, replace=wanted.replace)
    parts = replica_parts(service.settings, service.database)
    async with service.database.transaction() as tx:
        job = await work.schedule(tx, service.jobs, parts, wish, asked_by=caller.id)
    return JobAnswer(job=JobOut.of(job))
