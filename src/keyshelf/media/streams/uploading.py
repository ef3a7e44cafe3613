"""Storing a packaged stream: segments first, then what names them."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from anyio import to_thread

from keyshelf.concurrency import for_each
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.streams.values import Encode
from keyshelf.store.base import Attributes, ObjectStore, PutOptions

_AT_ONCE = 8
_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt; charset=utf-8",
    ".jpg": "image/jpeg",
}
_PLAYLIST = ".m3u8"
_SEGMENTS = frozenset({".m4s", ".mp4"})
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_ALWAYS = "no-cache"
ENCODE_ID = "keyshelf-encode"
"""What manifests have beside their bytes: which encode they are of."""


async def upload(
    store: ObjectStore,
    encode: Encode,
    folder: Path,
    *,
    on_object: Callable[[], Awaitable[None]],
) -> int:
    """Store the files in an encode's folders, several at once; its playlists when all others are.

    `on_object` is told before each. Returns how many bytes there are.
    """
    files = await to_thread.run_sync(_files, folder, encode.folders)

    async def put(path: Path) -> None:
        await on_object()
        key = encode.key(path.relative_to(folder).as_posix())
        await _put(store, key, path, _attributes(path))

    await for_each([each for each in files if each.suffix != _PLAYLIST], put, at_once=_AT_ONCE)
    await for_each([each for each in files if each.suffix == _PLAYLIST], put, at_once=_AT_ONCE)
    return sum(each.stat().st_size for each in files)


async def put_manifest(store: ObjectStore, encode: Encode, folder: Path, path: str) -> int:
    """Store a manifest, which has one name for all encodes of a hash, and return its size."""
    file = folder / path
    await _put(store, encode.key(path), file, _attributes(file, encode))
    return file.stat().st_size


async def _put(store: ObjectStore, key: ObjectKey, path: Path, attributes: Attributes) -> None:
    data = await to_thread.run_sync(path.read_bytes)
    await store.put(key, data, PutOptions(attributes))


def _attributes(path: Path, encode: Encode | None = None) -> Attributes:
    return Attributes(
        content_type=_TYPES[path.suffix],
        cache_control=_FOR_EVER if path.suffix in _SEGMENTS else _ASK_ALWAYS,
        metadata={ENCODE_ID: str(encode.id)} if encode else {},
    )


def _files(folder: Path, folders: Sequence[str]) -> list[Path]:
    return sorted(path for each in folders for path in (folder / each).rglob("*") if path.is_file())
