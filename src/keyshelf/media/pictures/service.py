"""Pictures by their addresses."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from anyio.abc import TaskGroup

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import ProcessingHash
from keyshelf.media.images.formats import HEAD_BYTES, ImageFormat, output_format
from keyshelf.media.images.grammar import parse_options
from keyshelf.media.images.negotiation import negotiate
from keyshelf.media.images.options import ImageOptions
from keyshelf.media.images.plans import plan_of, processing_hash_of
from keyshelf.media.images.presets import expand
from keyshelf.media.pictures.addresses import PictureAddress
from keyshelf.media.pictures.failures import RestlessSourceError
from keyshelf.media.pictures.making import PictureMaker, Wish
from keyshelf.media.pictures.memory import PictureMemory
from keyshelf.media.pictures.metrics import PictureMetrics
from keyshelf.media.pictures.peeking import Look, peek
from keyshelf.media.pictures.values import Picture, PictureParts
from keyshelf.media.pictures.versions import SourceVersions
from keyshelf.media.source_versions import SourceVersion
from keyshelf.store.base import ByteRange
from keyshelf.store.errors import ObjectChangedError, ObjectNotFoundError

_TRIES = 3
_MOST_LOOKS = 20_000
_RETRY_AFTER = 1
_PATIENCE = 5
_MOST_TOUCHED = 50_000
"""Pictures of further ones go with age."""


@dataclass(frozen=True, slots=True)
class Found:
    """A picture, and how long and for whom it is the answer to its address."""

    picture: Picture
    version: SourceVersion
    is_pinned: bool
    """Whether the address names this version: then no other bytes ever answer it."""
    varies: bool
    """Whether another `Accept` gets another format."""


class Pictures:
    """Serves pictures. Made by `open_pictures`."""

    def __init__(self, parts: PictureParts, metrics: PictureMetrics, group: TaskGroup) -> None:
        self.parts = parts
        self.versions = SourceVersions(parts.source, group)
        self._metrics = metrics
        self._memory = PictureMemory(parts.options.memory_bytes, believed=parts.options.believed)
        self._maker = PictureMaker(parts, self._memory, metrics, group)
        self._looks: OrderedDict[tuple[ObjectKey, str], Look] = OrderedDict()
        self._touched: set[ObjectKey] = set()

    async def find(self, address: PictureAddress, *, accept: str | None) -> Found:
        """Return the picture of an address for an `Accept` header.

        It is of the source as it is at this moment, whichever version the address names.
        Raises `ObjectNotFoundError`, `RestlessSourceError`, and the errors of options,
        pictures and stores.
        """
        options, chosen = parse_options(address.options), output_format(address.extension)
        expand(options, self.parts.options.presets)  # told before the source is looked for
        for _ in range(_TRIES):
            version = await self.versions.look(address.source)
            try:
                image_format = chosen or await self._negotiate(address, options, version, accept)
                picture = await self._maker.picture(
                    self._wish(address.source, version, options, image_format)
                )
            except (ObjectChangedError, ObjectNotFoundError):
                # Replaced or removed since it was looked at.
                self.versions.drop(address.source)
                continue
            is_pinned = options.version is not None and version.name.startswith(options.version)
            return Found(picture, version, is_pinned, varies=chosen is None)
        raise RestlessSourceError(
            "the source is replaced faster than it can be read", retry_after=_RETRY_AFTER
        )

    def recall(
        self, source: ObjectKey, version: SourceVersion, name: ProcessingHash
    ) -> Picture | None:
        """Return a picture without waiting: one that memory has and believes to be kept.

        It is of what its source is known to be.
        """
        if self.versions.known(source) != version:
            return None
        picture = self._memory.get(name)
        if picture is not None:
            self._metrics.from_memory.inc()
        return picture

    def touch(self, source: ObjectKey) -> None:
        """Say that this process has written or removed a source, or may have."""
        self.versions.drop(source)
        if len(self._touched) < _MOST_TOUCHED:
            self._touched.add(source)

    def take_touched(self) -> Sequence[ObjectKey]:
        """Return the sources that were touched since the last time, for upkeep."""
        touched, self._touched = sorted(self._touched), set()
        return touched

    def _wish(
        self,
        source: ObjectKey,
        version: SourceVersion,
        options: ImageOptions,
        image_format: ImageFormat,
    ) -> Wish:
        plan = plan_of(options, image_format, self.parts.options.presets)
        name = processing_hash_of(source_key=source, source_version=version.name, plan=plan)
        return Wish(source, version, plan, name)

    async def _negotiate(
        self,
        address: PictureAddress,
        options: ImageOptions,
        version: SourceVersion,
        accept: str | None,
    ) -> ImageFormat:
        look = await self._look(address.source, version)
        is_still = expand(options, self.parts.options.presets).still
        return negotiate(
            accept, transparent=look.transparent, animated=look.animated and not is_still
        )

    async def _look(self, source: ObjectKey, version: SourceVersion) -> Look:
        known = self._looks.get((source, version.name))
        if known is not None:
            return known
        head = await self._head_of(source, version)
        look = self._looks[source, version.name] = peek(head)
        if len(self._looks) > _MOST_LOOKS:
            self._looks.popitem(last=False)
        return look

    async def _head_of(self, source: ObjectKey, version: SourceVersion) -> bytes:
        if version.size == 0:
            return b""
        wanted = ByteRange(0, min(HEAD_BYTES, version.size))
        async with await self.parts.source.get(
            source, byte_range=wanted, if_match=version.etag
        ) as reader:
            return await reader.read()


@asynccontextmanager
async def open_pictures(parts: PictureParts, metrics: PictureMetrics) -> AsyncGenerator[Pictures]:
    """Open the service of pictures; closing it lets what is being made end, for a moment."""
    group = await anyio.create_task_group().__aenter__()
    try:
        yield Pictures(parts, metrics, group)
    finally:
        group.cancel_scope.deadline = anyio.current_time() + _PATIENCE
        # Told of the block's error, the group would raise it wrapped.
        await group.__aexit__(None, None, None)
