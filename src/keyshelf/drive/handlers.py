"""The drive's background work: what each kind of job does."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from keyshelf.drive.backfill.service import backfill
from keyshelf.drive.changes import copies
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle import queries, schedule
from keyshelf.drive.settle.service import settle_batch
from keyshelf.drive.trash.purge import purge
from keyshelf.drive.trash.service import measure
from keyshelf.drive.values import Viewer
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.registry import Handler, Registration
from keyshelf.jobs.values import JobKind, JobWaitingError, Payload
from keyshelf.layout.drive import OwnerId

MAX_MISSING = 1000
"""How many missing objects the result of a job names; `missing_count` counts all."""
_BATCH = 200
_AGAIN_AFTER = timedelta(seconds=30)

DriveWork = Callable[[DriveParts, JobContext, Payload], Awaitable[Payload]]


def registrations(parts: DriveParts) -> Sequence[Registration]:
    """Return what a worker needs to do the drive's jobs."""

    def handler(work: DriveWork) -> Handler:
        async def handle(context: JobContext, payload: Payload) -> Payload | None:
            return await work(parts, context, payload)

        return handle

    kinds: dict[JobKind, DriveWork] = {
        schedule.SETTLE: _settle,
        schedule.COPY: _copy,
        schedule.PURGE: _purge,
        schedule.BACKFILL: _backfill,
    }
    return [Registration(kind, handler(work)) for kind, work in kinds.items()]


async def _settle(parts: DriveParts, context: JobContext, payload: Payload) -> Payload:
    owner = OwnerId(str(payload["owner"]))
    missing: list[str] = []
    done = left = missing_count = 0
    while True:
        # Counting takes as long as there are many: again only when none should be left.
        left = left or await _count_movers(parts, owner)
        await context.progress(done, done + left, "objects")
        if not left:
            return {"settled": done, "missing": missing, "missing_count": missing_count}
        batch = await settle_batch(parts, owner, limit=_BATCH)
        done += batch.settled
        missing += batch.missing[: MAX_MISSING - len(missing)]
        missing_count += len(batch.missing)
        if batch.error is not None:
            raise batch.error
        left = max(0, left - batch.settled) if batch.progressed else 0
        if not batch.progressed and await _count_movers(parts, owner):
            raise JobWaitingError(
                f"{batch.waiting} objects wait for keys that others still hold",
                again_after=_AGAIN_AFTER,
            )


async def _count_movers(parts: DriveParts, owner: OwnerId) -> int:
    async with parts.database.read() as tx:
        return await queries.count_movers(tx, owner)


async def _copy(parts: DriveParts, context: JobContext, payload: Payload) -> Payload:
    source_id = UUID(str(payload["source_id"]))
    viewer = Viewer(id=context.owner_id, own=OwnerId(context.owner_id))
    total = await copies.count_files(parts, source_id)

    async def progress(done: int) -> None:
        await context.progress(done, max(total, done), "files")

    copied = await copies.run_copy(
        parts,
        viewer,
        source_id=source_id,
        copy_id=UUID(str(payload["copy_id"])),
        progress=progress,
    )
    return {"copied": copied}


async def _purge(parts: DriveParts, context: JobContext, payload: Payload) -> Payload:
    owners = [OwnerId(each) for each in cast("list[str]", payload["owners"])]  # as scheduled
    before = datetime.fromisoformat(str(payload["before"])) if payload["before"] else None
    # Emptying is counted ahead; what was marked one by one is a few things of any size.
    content = await measure(parts, owners) if before else None

    async def progress(done: int) -> None:
        total = max(done, content.files + content.folders) if content else None
        await context.progress(done, total, "objects")

    await progress(0)
    purged = await purge(parts, owners, before, on_progress=progress)
    if purged.waiting:
        raise JobWaitingError(
            f"{purged.waiting} things still have objects on their way", again_after=_AGAIN_AFTER
        )
    return {"deleted": purged.things, "objects": purged.objects}


async def _backfill(parts: DriveParts, context: JobContext, payload: Payload) -> Payload:
    async def progress(scanned: int) -> None:
        await context.progress(scanned, None, "objects")

    result = await backfill(
        parts,
        asked_by=context.owner_id,
        prefix=str(payload["prefix"]),
        dry_run=bool(payload["dry_run"]),
        on_progress=progress,
    )
    return {
        "scanned": result.scanned,
        "already_registered": result.already_registered,
        "folders_created": result.folders_created,
        "files_created": result.files_created,
        "errors": result.errors,
        "dry_run": result.dry_run,
    }
