"""The only place that deletes objects of repositories."""

from collections.abc import Sequence

from keyshelf.concurrency import map_each
from keyshelf.database.pool import Database
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
    if not for_good and not await _may_delete(parts, keys):
        return 0
    gone = 0
    while True:
        async with parts.database.transaction() as tx:
            batch = await queries.take(tx, keys=keys, limit=_AT_ONCE)
            if not batch:
                return gone
            wanted = await queries.wanted(tx, batch)
            unwanted = [key for key in batch if key not in wanted]
            marks = parts.options.marks_deleted and not for_good
            results = await (_mark(parts, unwanted) if marks else parts.store.delete_many(unwanted))
            failed = {each.key: each.error for each in results if each.error is not None}
            deleted = [each.key for each in results if each.error is None]
            await queries.finish(tx, done=[*deleted, *wanted], failed=failed)
            gone += len(deleted)


async def forget_plans(database: Database) -> None:
    """Forget what was to be deleted, or would come to it, in a database that was restored.

    Commits that it does not know yet may need it. All pushes are over then. What is garbage
    all the same, the next collections find, or whoever compares the store.
    """
    async with database.transaction() as tx:
        await queries.forget_plans(tx)


async def _may_delete(parts: RepositoryParts, keys: Sequence[ObjectKey] | None) -> bool:
    """Say whether something is noted and the database knows all repositories of the store."""
    # Before notes are locked: asking takes long, and a connection of its own.
    async with parts.database.read() as tx:
        if not await queries.are_noted(tx, keys):
            return False
    strangers = await unknown(parts.of_primary)
    if strangers:
        _log.warning(
            "nothing is deleted: the store has repositories that the database lacks",
            repositories=[str(each) for each in strangers[:_NAMED]],
        )
    return not strangers


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
