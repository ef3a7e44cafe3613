"""The objects of the media store that rows tell of."""

from collections.abc import Mapping, Sequence

from keyshelf.database.pool import Database
from keyshelf.database.transactions import ReadTransaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import (
    CACHE,
    MadeKey,
    MediaHash,
    parse_cache_key,
    parse_made_key,
    parse_work_key,
)
from keyshelf.media.expected import queries
from keyshelf.store.expected import Expected, ExpectedPages, in_pages

_BEHIND_CACHE = CACHE[:-1] + chr(ord(CACHE[-1]) + 1)
_STREAM_BASE = "hls/"


async def expected(database: Database, after: str) -> ExpectedPages:
    """Give the renditions and kept pictures, after a key; objects of streams have no rows."""

    async def before_cache(key: str, limit: int) -> Sequence[Expected]:
        async with database.read() as tx:
            return await queries.renditions_after(tx, key, before=CACHE, limit=limit)

    async def cached(key: str, limit: int) -> Sequence[Expected]:
        async with database.read() as tx:
            return await queries.pictures_after(
                tx, parse_cache_key(ObjectKey(key)) or "", limit=limit
            )

    async def behind_cache(key: str, limit: int) -> Sequence[Expected]:
        async with database.read() as tx:
            return await queries.renditions_after(tx, key, before=None, limit=limit)

    for pages in (
        in_pages(before_cache, after=after),
        in_pages(cached, after=after),
        in_pages(behind_cache, after=max(after, _BEHIND_CACHE)),
    ):
        async for page in pages:
            # Pictures may begin before the key.
            yield page if page[0].key > after else [each for each in page if each.key > after]


async def look(database: Database, keys: Sequence[ObjectKey]) -> Mapping[ObjectKey, Expected]:
    """Tell what rows say of some keys now.

    All that is below a hash may be there while something is made for it or removed, and so
    may what belongs to an encode, and the parts of a job that has not succeeded.
    """
    async with database.read() as tx:
        return await look_in(tx, keys)


async def look_in(tx: ReadTransaction, keys: Sequence[ObjectKey]) -> Mapping[ObjectKey, Expected]:
    """Do as `look` does, in the caller's transaction."""
    made = {key: parsed for key in keys if (parsed := parse_made_key(key))}
    kept = {key: job for key in keys if (job := parse_work_key(key))}
    names = [name for key in keys if (name := parse_cache_key(key))]
    hashes = sorted({each.hash for each in made.values()})
    busy = await queries.busy(tx, hashes)
    encodes = await _folders(tx, hashes)
    keeping = await queries.keeping(tx, [*set(kept.values())])
    optional = [
        *(key for key, each in made.items() if each.hash in busy or _is_of_stream(each, encodes)),
        *(key for key, job in kept.items() if job in keeping),
    ]
    found = {key: Expected(key, None, is_required=False) for key in optional}
    certain = [*await queries.renditions(tx, keys), *await queries.pictures(tx, names)]
    # What is being made anew may have any size, and may not be there.
    return {each.key: each for each in certain} | found


async def _folders(
    tx: ReadTransaction, hashes: Sequence[MediaHash]
) -> Mapping[tuple[str, MediaHash], set[str]]:
    found: dict[tuple[str, MediaHash], set[str]] = {}
    for row in await queries.encodes(tx, hashes):
        found.setdefault((row["area"], MediaHash(row["hash"])), set()).update(row["folders"])
    return found


def _is_of_stream(made: MadeKey, encodes: Mapping[tuple[str, MediaHash], set[str]]) -> bool:
    """Whether something lies in a folder of an encode, or where its manifests do."""
    folders = encodes.get((made.area, made.hash))
    if folders is None:
        return False
    is_manifest = "/" not in made.path.removeprefix(_STREAM_BASE)
    return is_manifest or any(made.path.startswith(f"{each}/") for each in folders)
