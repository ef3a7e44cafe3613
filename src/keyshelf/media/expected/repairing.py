"""Removing objects of the media store that nothing tells of, and rows whose object is gone."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from keyshelf.database.pool import Database
from keyshelf.database.transactions import Transaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, parse_cache_key, parse_made_key, parse_work_key
from keyshelf.media.expected import queries
from keyshelf.media.expected.service import look_in
from keyshelf.media.removing import remove_keys
from keyshelf.media.work import queries as work_queries
from keyshelf.store.base import ObjectStore


async def remove_orphans(
    database: Database, store: ObjectStore, keys: Sequence[ObjectKey]
) -> Sequence[ObjectKey]:
    """Remove objects that nothing tells of; returns those that are gone. Twice is once.

    An object that is not called as those of the media store are is left as it is.
    """
    removed: list[ObjectKey] = []
    for media, some in _by_hash([key for key in keys if _is_ours(key)]).items():
        async with _held(database, media) as tx:
            known = await look_in(tx, some)
            doomed = [key for key in some if key not in known]
            told = await remove_keys(store, doomed)
            removed += [key for key in doomed if key not in told.failed]
    return removed


async def forget_missing(database: Database, keys: Sequence[ObjectKey]) -> Sequence[ObjectKey]:
    """Forget renditions whose object is gone, so that whoever asks next has them made.

    Returns those that were forgotten; not those that are being made just now. Twice is once.
    """
    forgotten: list[ObjectKey] = []
    for media, some in _by_hash(keys).items():
        async with _held(database, media) as tx:
            known = await look_in(tx, some)
            gone = [key for key in some if key in known and known[key].is_required]
            await queries.forget_renditions(tx, gone)
            await queries.forget_pictures(tx, [key for key in gone if parse_cache_key(key)])
            forgotten += gone
    return forgotten


def _is_ours(key: ObjectKey) -> bool:
    readers = (parse_made_key, parse_cache_key, parse_work_key)
    return any(read(key) is not None for read in readers)


def _by_hash(keys: Sequence[ObjectKey]) -> dict[MediaHash | None, list[ObjectKey]]:
    found: dict[MediaHash | None, list[ObjectKey]] = {}
    for key in keys:
        made = parse_made_key(key)
        found.setdefault(made.hash if made else None, []).append(key)
    return found


@asynccontextmanager
async def _held(database: Database, media: MediaHash | None) -> AsyncGenerator[Transaction]:
    """Open a transaction until whose end nobody is admitted who wants more made for a hash."""
    async with database.transaction() as tx:
        if media is not None:
            await work_queries.lock(tx, media)
        yield tx
