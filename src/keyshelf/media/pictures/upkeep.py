"""What is removed of kept pictures: old ones, and those of sources that changed or went.

Objects go first here, then rows: a row is read by nobody but by those who remove, so one
whose object is gone harms nothing and is removed with the next sweep. A row that went first
would leave an object that nobody finds by its source or content.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from keyshelf.database.transactions import Transaction
from keyshelf.jobs.periodic import PeriodicTask
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import CACHE, ProcessingHash
from keyshelf.media.pictures import queries
from keyshelf.media.pictures.service import Pictures
from keyshelf.media.pictures.values import PictureParts
from keyshelf.media.source_versions import SourceVersion
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)
_BATCH = 500
_MOST_SOURCES = 200
_UNNOTED_FOR = timedelta(hours=1)
"""A picture is noted right after it is stored; what is not by then never will be."""


def upkeep(pictures: Pictures) -> Sequence[PeriodicTask]:
    """Return the tasks."""
    parts = pictures.parts

    async def touched() -> None:
        await sweep_touched(pictures)

    async def old() -> None:
        await sweep_old(parts)

    async def superseded() -> None:
        await sweep_superseded(parts)

    async def unnoted() -> None:
        await sweep_unnoted(parts)

    return [
        PeriodicTask("pictures-touched", timedelta(minutes=1), touched),
        PeriodicTask("pictures-old", timedelta(hours=1), old),
        PeriodicTask("pictures-superseded", timedelta(hours=1), superseded),
        PeriodicTask("pictures-unnoted", timedelta(days=1), unnoted),
    ]


async def sweep_old(parts: PictureParts) -> int:
    """Remove pictures that were made too long ago; returns how many."""
    before = parts.clock() - parts.options.kept
    removed = 0
    while True:
        async with parts.database.read() as tx:
            old = await queries.made_before(tx, before, limit=_BATCH)
        gone = await _remove(parts, old, before=before)
        removed += gone
        if not gone:
            return removed


async def sweep_superseded(parts: PictureParts) -> int:
    """Remove pictures of versions that their source no longer has; returns how many."""
    async with parts.database.read() as tx:
        sources = await queries.sources_with_versions(tx, limit=_MOST_SOURCES)
    return sum([await _remove_outdated(parts, source) for source in sources])


async def sweep_touched(pictures: Pictures) -> int:
    """Remove pictures of sources that this process replaced or removed; returns how many.

    What is not done when it fails goes with age, or as superseded.
    """
    parts, removed = pictures.parts, 0
    touched = pictures.take_touched()
    for start in range(0, len(touched), _BATCH):
        async with parts.database.read() as tx:
            sources = await queries.sources_among(tx, touched[start : start + _BATCH])
        removed += sum([await _remove_outdated(parts, source) for source in sources])
    return removed


async def _remove_outdated(parts: PictureParts, source: ObjectKey) -> int:
    began = parts.clock()
    try:
        meta = await parts.source.head(source)
        version = SourceVersion(meta.etag, meta.size)
    except ObjectNotFoundError:
        version = None
    async with parts.database.read() as tx:
        others = await queries.of_other_versions(tx, source, version)
    return await _remove(parts, others, before=began)


async def sweep_unnoted(parts: PictureParts) -> int:
    """Remove objects that a crash left without a row; returns how many."""
    before = parts.clock() - _UNNOTED_FOR
    removed = 0
    async for page in parts.media.list(CACHE):
        old = [each.key for each in page.objects if each.modified_at < before]
        async with parts.database.read() as tx:
            unnoted = await queries.unknown(tx, old)
        if unnoted:
            deleted = await parts.media.delete_many(unnoted)
            removed += sum(each.error is None for each in deleted)
    return removed


async def learn_content(
    tx: Transaction, source: ObjectKey, *, etag: str, size: int, content_hash: str
) -> None:
    """Note of which content a source is, for pictures that were made before anybody knew."""
    await queries.learn(tx, source, SourceVersion(etag, size), content_hash)


async def _remove(
    parts: PictureParts, pictures: Mapping[ProcessingHash, ObjectKey], *, before: datetime
) -> int:
    if not pictures:
        return 0
    deleted = await parts.media.delete_many(list(pictures.values()))
    gone = {each.key for each in deleted if each.error is None}
    names = [name for name, key in pictures.items() if key in gone]
    async with parts.database.transaction() as tx:
        # One that was made again meanwhile keeps its row.
        removed = await queries.forget(tx, names, before=before)
    if len(gone) < len(pictures):
        _log.warning("some kept pictures could not be removed", left=len(pictures) - len(gone))
    return removed
