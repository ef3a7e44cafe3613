"""Deleting for ever what is in the trash, a slice at a time."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle.deletions import delete_noted
from keyshelf.drive.trash import queries
from keyshelf.drive.tree import places
from keyshelf.drive.values import DriveFile
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey

_THINGS_AT_ONCE = 200
_ROWS_WALKED = 10_000
_ROWS_AT_ONCE = 500

OnProgress = Callable[[int], Awaitable[None]]
"""Told how many rows are gone; raising ends the run between two slices."""


@dataclass(slots=True)
class Purged:
    """What was deleted for ever."""

    things: int = 0
    """Entries of the trash, each with all below it."""
    rows: int = 0
    objects: int = 0
    waiting: int = 0
    """Entries that could not go as a whole: objects of theirs are on their way somewhere."""


async def purge(
    parts: DriveParts,
    owners: Sequence[OwnerId] | None,
    before: datetime | None,
    *,
    on_progress: OnProgress | None = None,
) -> Purged:
    """Delete for ever what is being purged, and what went into the trash before a time.

    `owners=None` is every drive. An entry is marked first, which ends its way back;
    then its rows go from below, a slice in a transaction, and their objects after each
    slice. Stopped anywhere, it goes on with what is marked when it runs again.
    """
    purged = Purged()
    after: DriveFile | None = None
    while entries := await _begin(parts, owners, before, after):
        after = entries[-1]
        await _purge_below(parts, {each.id for each in entries}, purged, on_progress)
    return purged


async def _begin(
    parts: DriveParts,
    owners: Sequence[OwnerId] | None,
    before: datetime | None,
    after: DriveFile | None,
) -> list[DriveFile]:
    async with parts.database.transaction() as tx:
        entries = await places.read_locked(
            tx,
            lambda: queries.purgeable(
                tx, owners=owners, before=before, after=after, limit=_THINGS_AT_ONCE
            ),
            lambda found: [each.owner_id for each in found],
        )
        await queries.mark_purging(tx, [each.id for each in entries])
    return entries


async def _purge_below(
    parts: DriveParts, entries: set[UUID], purged: Purged, on_progress: OnProgress | None
) -> None:
    while True:
        async with parts.database.read() as tx:
            rows = await queries.deepest_below(tx, list(entries), limit=_ROWS_WALKED)
        gone = 0
        for ids in _slices(rows):
            deleted = await _delete_slice(parts, ids)
            gone += len(deleted)
            purged.rows += len(deleted)
            purged.things += len(entries.intersection(deleted))
            if deleted:
                purged.objects += await delete_noted(parts, list(deleted.values()), patient=True)
            if on_progress is not None:
                await on_progress(purged.rows)
        if not gone:
            # What is left holds a key for a copy that is under way, or holds such a row.
            purged.waiting += len(entries.intersection(row for _, row in rows))
            return


def _slices(rows: Sequence[tuple[int, UUID]]) -> Iterator[list[UUID]]:
    """Cut rows into slices of one depth: what is below a row is in an earlier one."""
    for _, level in groupby(rows, key=itemgetter(0)):
        ids = [row for _, row in level]
        for first in range(0, len(ids), _ROWS_AT_ONCE):
            yield ids[first : first + _ROWS_AT_ONCE]


async def _delete_slice(parts: DriveParts, ids: Sequence[UUID]) -> dict[UUID, ObjectKey]:
    async with parts.database.transaction() as tx:
        await places.read_locked(tx, lambda: queries.owners_among(tx, ids), lambda owners: owners)
        return dict(await queries.delete_leaves(tx, ids, parts.clock()))
