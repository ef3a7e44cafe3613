"""Bringing a source object to a local file that tools can read."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from io import BufferedWriter
from pathlib import Path

import anyio
from anyio import to_thread
from blake3 import blake3

from keyshelf.errors import InvalidInputError, LimitError
from keyshelf.layout.keys import ObjectKey
from keyshelf.media.tools.failures import NoScratchSpaceError
from keyshelf.media.tools.scratch import Scratch
from keyshelf.store.base import ObjectMeta, ObjectStore
from keyshelf.store.errors import ObjectChangedError

OnBytes = Callable[[int], Awaitable[None]]

_NAME = "source"
"""Of the local file: no word of the key, which a tool could take for more than a name."""


class SourceTooLargeError(LimitError):
    """The source has more bytes than this service works on: KEYSHELF_MEDIA_MAX_GIB."""

    code = "source-too-large"


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What is brought."""

    max_bytes: int = 64 * 2**30
    keep_free_bytes: int = 256 * 2**20
    """How much room stays on the disk besides the source."""

    def __post_init__(self) -> None:
        if self.max_bytes <= 0 or self.keep_free_bytes < 0:
            raise InvalidInputError("a source may have bytes, and a disk no less than no room")


@dataclass(frozen=True, slots=True)
class LocalSource:
    """A source object as a local file. It is not to be changed: others read it too."""

    path: Path
    size: int
    version: str
    """The object's ETag."""
    content_hash: str
    """The BLAKE3 of the bytes in the file, in hexadecimal."""


@dataclass(slots=True)
class _Shared:
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    users: int = 0
    source: LocalSource | None = None
    folder: AsyncExitStack = field(default_factory=AsyncExitStack)


class Sources:
    """The sources that this process works on: one file of each, however many jobs read it."""

    def __init__(
        self, store: ObjectStore, scratch: Scratch, options: SourceOptions | None = None
    ) -> None:
        self._store = store
        self._scratch = scratch
        self._options = options or SourceOptions()
        self._shared: dict[tuple[ObjectKey, str], _Shared] = {}

    @asynccontextmanager
    async def local(
        self, key: ObjectKey, *, version: str | None = None, on_bytes: OnBytes | None = None
    ) -> AsyncGenerator[LocalSource]:
        """Give the object as a file, until nobody uses it any more.

        Whoever brings it, and does not wait for another to, is told by `on_bytes` how many
        bytes are here; raising ends the download.
        Raises `ObjectNotFoundError`, `SourceTooLargeError`, `NoScratchSpaceError`, and
        `ObjectChangedError` when the object is not, or is no longer, of `version` (an ETag).
        """
        meta = await self._store.head(key)
        if version is not None and meta.etag != version:
            raise ObjectChangedError("the source was replaced", key=key)
        if meta.size > self._options.max_bytes:
            raise SourceTooLargeError(
                f"a source has at most {self._options.max_bytes / 2**30:g} GiB", size=meta.size
            )
        shared = self._shared.setdefault((key, meta.etag), _Shared())
        shared.users += 1
        try:
            async with shared.lock:
                if shared.source is None:
                    shared.source = await self._bring(meta, shared.folder, on_bytes)
            yield shared.source
        finally:
            shared.users -= 1
            if shared.users == 0:
                # Nobody who comes from here on finds it, so nobody loses what it reads.
                del self._shared[key, meta.etag]
                await shared.folder.aclose()

    async def _bring(
        self, meta: ObjectMeta, kept: AsyncExitStack, on_bytes: OnBytes | None
    ) -> LocalSource:
        self._refuse_without_room(meta.size)
        async with AsyncExitStack() as until_whole:
            folder = await until_whole.enter_async_context(self._scratch.folder())
            path = folder / _NAME
            content_hash = await self._download(meta, path, on_bytes)
            kept.push_async_exit(until_whole.pop_all())
        return LocalSource(path, meta.size, meta.etag, content_hash)

    async def _download(self, meta: ObjectMeta, path: Path, on_bytes: OnBytes | None) -> str:
        hasher = blake3()
        received = 0
        with path.open("xb") as file:
            async with await self._store.get(meta.key, if_match=meta.etag) as reader:
                async for chunk in reader:
                    received += len(chunk)
                    self._refuse_without_room(len(chunk))
                    await to_thread.run_sync(_keep, file, hasher, chunk)
                    if on_bytes is not None:
                        await on_bytes(received)
        if received != meta.size:
            raise ObjectChangedError("the source came in another size than announced", key=meta.key)
        return hasher.hexdigest()

    def _refuse_without_room(self, size: int) -> None:
        if self._scratch.free_bytes < size + self._options.keep_free_bytes:
            raise NoScratchSpaceError("the disk for media's work has no room for the source")


def _keep(file: BufferedWriter, hasher: blake3, chunk: bytes) -> None:
    try:
        file.write(chunk)
    except OSError as error:
        raise NoScratchSpaceError("the disk for media's work takes no more") from error
    hasher.update(chunk)
