"""Objects of the media store that are removed together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from keyshelf.errors import UnavailableError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import DeleteResult, ObjectStore

# What names others goes before what it names, so that nobody is sent to what is gone.
_NAMING = (".m3u8", ".mpd", ".vtt")


@dataclass(slots=True)
class Removed:
    """What became of the objects under some prefixes."""

    removed: int = 0
    failed: dict[ObjectKey, str] = field(default_factory=dict[ObjectKey, str])
    """Why a key is still there."""


async def remove_below(store: ObjectStore, *prefixes: str) -> Removed:
    """Remove all objects under some prefixes, playlists first. Twice is the same as once."""
    keys = [
        each.key
        for prefix in prefixes
        async for page in store.list(prefix)
        for each in page.objects
    ]
    return await remove_keys(store, keys)


async def remove_keys(store: ObjectStore, keys: Sequence[ObjectKey]) -> Removed:
    """Remove objects, playlists first; one that is not there counts as removed."""
    told = Removed()
    naming = [key for key in keys if key.endswith(_NAMING)]
    named = [key for key in keys if not key.endswith(_NAMING)]
    for batch in (naming, named):
        for result in await _delete(store, batch):
            if result.error is None:
                told.removed += 1
            else:
                told.failed[result.key] = result.error
    return told


async def _delete(store: ObjectStore, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
    if not keys:
        return ()
    try:
        return await store.delete_many(keys)
    except UnavailableError as error:
        # Some may be gone: whoever asks again finds those that are not.
        return [DeleteResult(key, error.detail) for key in keys]
