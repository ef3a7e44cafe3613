"""Asking for the background work of repositories."""

from datetime import timedelta
from uuid import UUID

from keyshelf.database.transactions import Transaction
from keyshelf.jobs.service import Jobs
from keyshelf.jobs.values import Job, JobKind, Payload

COLLECT = JobKind("repositories-gc", queue="large", max_attempts=3, timeout=timedelta(hours=24))
"""Delete what no branch or tag of a repository leads to."""
CHECK = JobKind("repositories-check", queue="large", max_attempts=3, timeout=timedelta(hours=48))
"""Look for damage in a repository."""


async def schedule_collection(
    tx: Transaction, jobs: Jobs, repository: UUID, *, dry_run: bool, asked_by: str
) -> Job:
    """Have a repository collected after the commit; asking again meanwhile gives the same job.

    Somebody else gets one of their own, which they may look at.
    """
    payload = {"repository": str(repository), "dry_run": dry_run}
    key = f"{repository} {dry_run} {asked_by}"
    return await jobs.enqueue(tx, COLLECT, payload, owner_id=asked_by, unique_key=key)


async def schedule_check(
    tx: Transaction,
    jobs: Jobs,
    repository: UUID,
    *,
    read_data: bool,
    sample: float | None,
    asked_by: str,
    names: bool = True,
) -> Job:
    """Have a repository checked after the commit; asking again meanwhile gives the same job.

    One that runs does not begin anew for that: it may have read for hours.
    Without `names` the result counts the files that are hurt, and names none: so ask those
    who may not read the repository.
    """
    payload: Payload = {
        "repository": str(repository),
        "read_data": read_data,
        "sample": sample,
        "names": names,
    }
    key = f"{repository} {read_data} {sample} {names} {asked_by}"
    return await jobs.enqueue(tx, CHECK, payload, owner_id=asked_by, unique_key=key, again=False)
