"""Removing the objects of an encode."""

from keyshelf.errors import UnavailableError
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.removing import Removed, remove_below, remove_keys
from keyshelf.media.streams.values import Encode
from keyshelf.store.base import ObjectStore
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)


class EncodeNotGoneError(UnavailableError):
    """Some objects of an encode are still there: it is tried again."""

    code = "media-encode-not-gone"


async def remove_objects(store: ObjectStore, encode: Encode) -> None:
    """Remove what is in an encode's folders. Raises `EncodeNotGoneError` when some is left."""
    folders = [f"{encode.key(folder)}/" for folder in encode.folders]
    _require_gone(await remove_below(store, *folders))


async def remove_manifest(store: ObjectStore, key: ObjectKey) -> None:
    """Remove a manifest, there or not. Raises `EncodeNotGoneError` when it is left."""
    _require_gone(await remove_keys(store, [key]))


def _require_gone(told: Removed) -> None:
    if told.failed:
        count, error = len(told.failed), next(iter(told.failed.values()))
        _log.warning("objects of an encode are left", count=count, error=error)
        raise EncodeNotGoneError(f"{count} objects are left")
