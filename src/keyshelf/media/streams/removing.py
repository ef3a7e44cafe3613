"""Removing the objects of an encode."""

from collections.abc import Sequence

from keyshelf.errors import UnavailableError
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.streams.values import Encode
from keyshelf.store.base import ObjectStore
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)


class EncodeNotGoneError(UnavailableError):
    """Some objects of an encode are still there: it is tried again."""

    code = "media-encode-not-gone"


async def remove_objects(store: ObjectStore, encode: Encode) -> None:
    """Remove what is in an encode's folders. Raises `EncodeNotGoneError` when some is left."""
    keys = [
        each.key
        for folder in encode.folders
        async for page in store.list(f"{encode.key(folder)}/")
        for each in page.objects
    ]
    await remove_keys(store, keys)


async def remove_keys(store: ObjectStore, keys: Sequence[ObjectKey]) -> None:
    """Remove objects, there or not. Raises `EncodeNotGoneError` when some are left."""
    left = [each for each in await store.delete_many(keys) if each.error is not None]
    if left:
        _log.warning("objects of an encode are left", count=len(left), error=left[0].error)
        raise EncodeNotGoneError(f"{len(left)} objects are left")
