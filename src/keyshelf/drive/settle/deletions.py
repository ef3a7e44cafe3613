"""Deleting objects that no row names any longer."""

from collections.abc import Sequence

from keyshelf.drive.parts import DriveParts
from keyshelf.drive.settle import queries
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import DeleteResult

_AT_ONCE = 500


async def delete_noted(
    parts: DriveParts, keys: Sequence[ObjectKey] | None = None, *, patient: bool = False
) -> int:
    """Delete the noted objects, or those of them in `keys`; returns how many are gone.

    The notes stay locked while the store deletes, so that nobody can be given such
    a key meanwhile. A crash leaves notes of objects that are gone, which the next
    run finds to be success. What the store refuses stays noted with the reason.

    `patient` leaves the notes while a backfill runs. It may have listed such a key
    already, and only the note tells it that the object is no file.
    """
    gone = 0
    while True:
        async with parts.database.transaction() as tx:
            if patient and not await queries.hold_off_backfill(tx):
                return gone
            batch = await queries.take_deletions(tx, keys=keys, limit=_AT_ONCE)
            if not batch:
                return gone
            named = await queries.drop_named(tx, batch)
            results = await _delete(parts, [key for key in batch if key not in named])
            failed = {each.key: each.error for each in results if each.error is not None}
            deleted = [each.key for each in results if each.error is None]
            await queries.finish_deletions(tx, deleted=deleted, failed=failed)
            gone += len(deleted)
        if failed:
            return gone


async def _delete(parts: DriveParts, keys: Sequence[ObjectKey]) -> list[DeleteResult]:
    # A store without folder markers never had these objects, and some such stores
    # read a key without its last slash: asking them could delete a file.
    markers = [key for key in keys if key.endswith("/")]
    if markers and await parts.markers.are_kept():
        markers = []
    objects = [key for key in keys if key not in set(markers)]
    results = list(await parts.store.delete_many(objects)) if objects else []
    return results + [DeleteResult(key) for key in markers]
