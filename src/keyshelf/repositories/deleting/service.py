"""The only place that deletes objects of repositories."""

from collections.abc import Sequence

from keyshelf.concurrency import map_each
from keyshelf.errors import Error
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import parse_chunk_key
from keyshelf.repositories.deleting import queries
from keyshelf.repositories.formats import headers
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.unknown import unknown
from keyshelf.store.base import DeleteResult
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)
_AT_ONCE = 1000
_TAGGED_AT_ONCE = 16
_NAMED = 5


async def delete_noted(
    parts: RepositoryParts, keys: Sequence[ObjectKey] | None = None, *, for_good: bool = False
) -> int:
    """Delete the noted objects, or those of them in `keys`; returns how many are gone.

    Where chunks are marked rather than removed, and not `for_good`, they count as gone when
    they are tagged. `for_good` is for what is of no use to anybody.

    Nothing else is deleted while the store has a repository that the database does not know,
    as when its document could not be read by a rebuild: it may need what nobody else does.

    The notes stay locked while the store deletes, so that nobody who wants such an
    object again is told that it is there. A crash leaves notes of objects that are gone,
    which the next run finds to be success. What the store refuses stays noted with the
    reason, until the next run of the collector.
    """
    gone, is_sure = 0, for_good
    while True:
        async with parts.database.transaction() as tx:
            batch = await queries.take(tx, keys=keys, limit=_AT_ONCE)
            if not batch:
                return gone
            if not is_sure and (strangers := await unknown(parts.of_primary)):
                _log.warning(
                    "nothing is deleted: the store has repositories that the database lacks",
                    repositories=[str(each) for each in strangers[:_NAMED]],
                )
                return gone
            is_sure = True
            wanted = await queries.wanted(tx, batch)
            unwanted = [key for key in batch if key not in wanted]
            marks = parts.options.marks_deleted and not for_good
            results = await (_mark(parts, unwanted) if marks else parts.store.delete_many(unwanted))
            failed = {each.key: each.error for each in results if each.error is not None}
            deleted = [each.key for each in results if each.error is None]
            await queries.finish(tx, done=[*deleted, *wanted], failed=failed)
            gone += len(deleted)


async def _mark(parts: RepositoryParts, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
    """Tag chunks as deleted, for a rule of the bucket, and remove everything else."""
    store, namespace = parts.of_primary.store, parts.options.namespace

    async def mark(key: ObjectKey) -> DeleteResult:
        try:
            tags = await store.get_tags(key)
            await store.set_tags(key, headers.marked_deleted(tags, namespace=namespace))
        except ObjectNotFoundError:
            pass  # then it is gone
        except Error as error:
            return DeleteResult(key, error.detail)
        return DeleteResult(key)

    # A manifest says which commits there are to whoever rebuilds from the bucket: it goes.
    others = [key for key in keys if parse_chunk_key(key) is None]
    chunks = [key for key in keys if parse_chunk_key(key) is not None]
    removed = await store.delete_many(others)
    return [*removed, *await map_each(chunks, mark, at_once=_TAGGED_AT_ONCE)]
