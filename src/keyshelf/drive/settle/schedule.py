"""Asking for the drive's background work, in the transaction that needs it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from keyshelf.database.transactions import Transaction
from keyshelf.drive.parts import DriveParts
from keyshelf.jobs.values import Job, JobKind
from keyshelf.layout.drive import OwnerId

SETTLE = JobKind("settle", queue="large", max_attempts=20, timeout=timedelta(hours=24))
"""Bring the objects of one drive to the keys that their names spell."""
COPY = JobKind("copy", queue="large", max_attempts=10, timeout=timedelta(hours=24))
"""Fill the copy of a file or folder."""
DELETE_OBJECTS = JobKind("delete-objects", max_attempts=3, timeout=timedelta(hours=1))
"""Delete the objects that no row names any longer."""
EMPTY_TRASH = JobKind("empty-trash", queue="large", max_attempts=5, timeout=timedelta(hours=12))
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


async def schedule_deletions(tx: Transaction, parts: DriveParts, *, asked_by: str) -> UUID:
    """Have noted objects deleted after the commit."""
    job = await parts.jobs.enqueue(tx, DELETE_OBJECTS, {}, owner_id=asked_by, unique_key="all")
    return job.id


async def schedule_empty_trash(
    tx: Transaction, parts: DriveParts, owners: Sequence[OwnerId], *, asked_by: str
) -> UUID:
    """Have the trash of these drives emptied of what is in it now."""
    payload = {"owners": list(owners), "before": parts.clock().isoformat()}
    job = await parts.jobs.enqueue(tx, EMPTY_TRASH, payload, owner_id=asked_by)
    return job.id


async def schedule_backfill(
    tx: Transaction, parts: DriveParts, prefix: str, *, dry_run: bool, asked_by: str
) -> Job:
    """Have the objects under a prefix brought in after the commit."""
    payload = {"prefix": prefix, "dry_run": dry_run}
    return await parts.jobs.enqueue(tx, BACKFILL, payload, owner_id=asked_by)
