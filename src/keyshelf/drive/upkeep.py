"""What the drive does by itself from time to time. Each task may run twice at once."""

from collections.abc import Sequence
from datetime import timedelta

from keyshelf.drive.changes.copies import sweep_reservations
from keyshelf.drive.content.inspecting import catch_up
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle import queries
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.settle.schedule import follow
from keyshelf.drive.trash.purge import purge
from keyshelf.drive.uploads.abandon import sweep
from keyshelf.jobs.periodic import PeriodicTask

_RESERVATION_KEPT = timedelta(days=2)


def upkeep(parts: DriveParts) -> Sequence[PeriodicTask]:
    """Return the drive's tasks."""

    async def delete_objects() -> None:
        await delete_noted(parts, patient=True)

    async def purge_trash() -> None:
        await purge(parts, None, parts.clock() - parts.options.trash_kept)

    async def expire_uploads() -> None:
        await sweep(parts)
        await sweep_reservations(parts, parts.clock() - _RESERVATION_KEPT)

    async def go_on_following() -> None:
        async with parts.database.read() as tx:
            owners = await queries.owners_with_movers(tx)
        for owner in owners:
            async with parts.database.transaction() as tx:
                await follow(tx, parts, [owner], asked_by=owner)

    async def inspect_the_rest() -> None:
        await catch_up(parts)

    return [
        PeriodicTask("drive-inspect", timedelta(minutes=1), inspect_the_rest),
        PeriodicTask("drive-delete-objects", timedelta(minutes=1), delete_objects),
        PeriodicTask("drive-purge-trash", timedelta(hours=1), purge_trash),
        PeriodicTask("drive-expire-uploads", timedelta(minutes=10), expire_uploads),
        PeriodicTask("drive-follow", timedelta(minutes=5), go_on_following),
    ]
