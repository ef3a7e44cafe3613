"""What repositories do by themselves from time to time. Each task may run twice at once."""

from collections.abc import Sequence
from datetime import timedelta

from keyshelf.jobs.periodic import PeriodicTask
from keyshelf.repositories.catalog import queries as catalog
from keyshelf.repositories.deleting import queries as notes
from keyshelf.repositories.deleting.service import delete_noted
from keyshelf.repositories.gc import queries as runs
from keyshelf.repositories.gc.service import note_left
from keyshelf.repositories.mirroring import mirror
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import queries as push_rows
from keyshelf.repositories.stats.service import write_stale_snapshots

_MIRRORED_AT_ONCE = 100
_LONGEST_RUN = timedelta(days=7)
"""The marks of a collection that began so long ago are swept; one that still runs ends."""


def upkeep(parts: RepositoryParts) -> Sequence[PeriodicTask]:
    """Return the tasks of repositories."""

    async def mirror_changes() -> None:
        async with parts.database.read() as tx:
            behind = await catalog.unmirrored(tx, limit=_MIRRORED_AT_ONCE)
        for repository in behind:
            await mirror(parts, repository)

    async def delete_objects() -> None:
        await delete_noted(parts)

    async def retry_deletions() -> None:
        async with parts.database.transaction() as tx:
            await notes.retry_failed(tx)

    async def end_pushes() -> None:
        async with parts.database.transaction() as tx:
            await push_rows.end_expired(tx, None, now=parts.clock())
        await note_left(parts)

    async def sweep_marks() -> None:
        async with parts.database.transaction() as tx:
            await runs.sweep_runs(tx, before=parts.clock() - _LONGEST_RUN)

    async def write_snapshots() -> None:
        await write_stale_snapshots(parts)

    return [
        PeriodicTask("repositories-mirror", timedelta(minutes=1), mirror_changes),
        PeriodicTask("repositories-delete-objects", timedelta(minutes=1), delete_objects),
        PeriodicTask("repositories-retry-deletions", timedelta(hours=1), retry_deletions),
        PeriodicTask("repositories-end-pushes", timedelta(minutes=10), end_pushes),
        PeriodicTask("repositories-sweep-marks", timedelta(hours=1), sweep_marks),
        PeriodicTask("repositories-snapshots", timedelta(minutes=10), write_snapshots),
    ]
