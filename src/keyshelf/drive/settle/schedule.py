"""Asking for the drive's background work, in the transaction that needs it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from keyshelf.database.transactions import Transaction
from keyshelf.drive.parts import DriveParts
from keyshelf.jobs.values import Job, JobKind
from keyshelf.layout.drive import OwnerId

SETTLE = JobKind("settle", queue="large", max_attempts=20, timeout=timedelta(hours=24))
"""Bring the objects of one drive to the keys that their names spell."""
COPY = JobKind("copy", queue="large", max_attempts=10, timeout=timedelta(hours=24))
"""Fill the copy of a file or folder."""
PURGE = JobKind("purge", queue="large", max_attempts=5, timeout=timedelta(hours=12))
"""Delete for ever what is in the trash of some drives."""
BACKFILL = JobKind("backfill", queue="large", max_attempts=3, timeout=timedelta(hours=24))
"""Make rows of the objects that the database does not know."""


async def follow(
    tx: Transaction, parts: DriveParts, owners: Sequence[OwnerId], *, asked_by: str
) -> UUID:
    """Have the objects of these drives follow their names after the commit.

    A drive whose objects are following already goes on until all are done, what
    this transaction changes included. Returns the job of the last drive.
    """
    # In one order, whoever asks: rows of jobs stay locked to the end of the transaction.
    jobs = {
        owner: await parts.jobs.enqueue(
            tx, SETTLE, {"owner": owner}, owner_id=asked_by, unique_key=owner
        )
        for owner in sorted(set(owners))
    }
    return jobs[owners[-1]].id


async def schedule_copy(
    tx: Transaction, parts: DriveParts, *, source_id: UUID, copy_id: UUID, asked_by: str
) -> UUID:
    """Have a reserved copy filled after the commit."""
    payload = {"source_id": str(source_id), "copy_id": str(copy_id)}
    job = await parts.jobs.enqueue(tx, COPY, payload, owner_id=asked_by, unique_key=str(copy_id))
    return job.id


async def schedule_purge(
    tx: Transaction,
    parts: DriveParts,
    owners: Sequence[OwnerId],
    *,
    before: datetime | None,
    asked_by: str,
) -> UUID:
    """Have what is marked in these drives, or was trashed before a time, deleted for ever."""
    payload = {"owners": list(owners), "before": before.isoformat() if before else None}
    # One job does for all that is marked one by one; when trash is emptied, time counts.
    key = None if before else " ".join(sorted(owners))
    job = await parts.jobs.enqueue(tx, PURGE, payload, owner_id=asked_by, unique_key=key)
    return job.id


async def schedule_backfill(
    tx: Transaction, parts: DriveParts, prefix: str, *, dry_run: bool, asked_by: str
) -> Job:
    """Have the objects under a prefix brought in after the commit."""
    payload = {"prefix": prefix, "dry_run": dry_run}
    return await parts.jobs.enqueue(tx, BACKFILL, payload, owner_id=asked_by)
