"""The only place that deletes objects of repositories."""

from collections.abc import Sequence

from keyshelf.layout.keys import ObjectKey
from keyshelf.repositories.deleting import queries
from keyshelf.repositories.parts import RepositoryParts

_AT_ONCE = 1000


async def delete_noted(parts: RepositoryParts, keys: Sequence[ObjectKey] | None = None) -> int:
    """Delete the noted objects, or those of them in `keys`; returns how many are gone.

    The notes stay locked while the store deletes, so that nobody who wants such an
    object again is told that it is there. A crash leaves notes of objects that are gone,
    which the next run finds to be success. What the store refuses stays noted with the
    reason, until the next run of the collector.
    """
    gone = 0
    while True:
        async with parts.database.transaction() as tx:
            batch = await queries.take(tx, keys=keys, limit=_AT_ONCE)
            if not batch:
                return gone
            wanted = await queries.wanted(tx, batch)
            results = await parts.store.delete_many([key for key in batch if key not in wanted])
            failed = {each.key: each.error for each in results if each.error is not None}
            deleted = [each.key for each in results if each.error is None]
            await queries.finish(tx, done=[*deleted, *wanted], failed=failed)
            gone += len(deleted)
