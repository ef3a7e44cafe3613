"""From the name of a picture to its bytes: kept ones, or one render however many ask."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import anyio
from anyio.abc import TaskGroup
from blake3 import blake3

from keyshelf.database.transactions import Transaction
from keyshelf.errors import Error, InvalidInputError, LimitError
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import ProcessingHash, cache_key
from keyshelf.media.images.failures import ImageTooLargeError, RenderDiedError, RendersBusyError
from keyshelf.media.images.plans import RenderPlan
from keyshelf.media.pictures import queries
from keyshelf.media.pictures.bringing import brought
from keyshelf.media.pictures.flights import Flight, Flights
from keyshelf.media.pictures.memory import PictureMemory
from keyshelf.media.pictures.metrics import PictureMetrics
from keyshelf.media.pictures.refusals import Refusals
from keyshelf.media.pictures.values import Picture, PictureParts
from keyshelf.media.source_versions import SourceVersion
from keyshelf.store.base import Attributes, PutOptions
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

_RETRY_AFTER = 2
_ETAG_DIGITS = 32
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture of one version of a source."""

    source: ObjectKey
    version: SourceVersion
    plan: RenderPlan
    name: ProcessingHash

    @property
    def key(self) -> ObjectKey:
        """Where it is kept."""
        return cache_key(self.name, self.plan.format.value)


class PictureMaker:
    """Finds or makes pictures. Its work goes on in `group`."""

    def __init__(
        self, parts: PictureParts, memory: PictureMemory, metrics: PictureMetrics, group: TaskGroup
    ) -> None:
        self._parts = parts
        self._memory = memory
        self._metrics = metrics
        self._flights = Flights[Picture](group)
        self._room = anyio.CapacityLimiter(parts.options.at_once)
        self._refusals = Refusals()
        metrics.watch(
            waiting=lambda: self._room.statistics().tasks_waiting, memory=lambda: memory.bytes
        )

    async def picture(self, wish: Wish) -> Picture:
        """Return a picture: from memory, from the store, or rendered once for all who ask.

        Raises `ObjectChangedError` when the source has other bytes by now, `RendersBusyError`,
        and the errors of pictures and stores.
        """
        if (kept := self._memory.get(wish.name)) is not None:
            self._metrics.from_memory.inc()
            return kept
        self._refusals.raise_for(wish.name)
        return await self._flights.run(wish.name, partial(self._find_or_make, wish))

    async def _find_or_make(self, wish: Wish, flight: Flight[Picture]) -> Picture:
        try:
            return (
                await self._still_held(wish)
                or await self._kept(wish)
                or await self._make(wish, flight)
            )
        except Error as error:
            self._metrics.errors.labels(error.code).inc()
            if flight.landed.is_set():
                _log.warning("a picture was served and not kept", code=error.code)
                raise
            if isinstance(error, InvalidInputError | LimitError | RenderDiedError):
                self._refusals.note(wish.name, error)
            raise

    async def _still_held(self, wish: Wish) -> Picture | None:
        """Return a picture of the memory that was not removed from the store."""
        picture, asked_at = self._memory.held(wish.name), self._memory.clock()
        if picture is None:
            return None
        try:
            await self._parts.media.head(wish.key)
        except ObjectNotFoundError:
            self._memory.drop(wish.name)
            return None
        self._memory.put(picture, seen_at=asked_at)
        self._metrics.from_memory.inc()
        return picture

    async def _kept(self, wish: Wish) -> Picture | None:
        asked_at = self._memory.clock()
        try:
            async with await self._parts.media.get(wish.key) as reader:
                data = await reader.read()
        except ObjectNotFoundError:
            return None
        self._metrics.from_store.inc()
        picture = _picture(wish, data)
        self._memory.put(picture, seen_at=asked_at)
        return picture

    async def _make(self, wish: Wish, flight: Flight[Picture]) -> Picture:
        if wish.version.size > self._parts.options.max_source_bytes:
            raise ImageTooLargeError("the picture has too many bytes", size=wish.version.size)
        # Of several processes one renders; the lock goes with its connection, so one that
        # dies holds up nobody. The others then find what it kept.
        async with self._place(), self._parts.database.transaction() as tx:
            await queries.lock(tx, wish.name)
            if (kept := await self._kept(wish)) is not None:
                return kept
            flight.go_on()
            picture = await self._render(wish, flight)
            await self._keep(tx, wish, picture)
        return picture

    async def _keep(self, tx: Transaction, wish: Wish, picture: Picture) -> None:
        # Bytes before names: a crash between leaves an object without a row, which upkeep
        # removes.
        await self._parts.media.put(wish.key, picture.data, _kept_as(picture))
        content_hash = await self._parts.content_hash_of(tx, wish.source, wish.version.etag)
        await queries.note(
            tx, picture, key=wish.key, version=wish.version, content_hash=content_hash
        )

    async def _render(self, wish: Wish, flight: Flight[Picture]) -> Picture:
        parts, began = self._parts, time.perf_counter()
        async with brought(parts, wish.source, wish.version) as path:
            rendered = await parts.renders.render(path, wish.plan)
            self._metrics.from_render.inc()
            seconds = self._metrics.render_seconds.labels(wish.plan.format.value)
            seconds.observe(time.perf_counter() - began)
            picture = _picture(wish, rendered.data)
            # Whoever asks need not wait until it is kept, and nobody renders it meanwhile.
            self._memory.put(picture, seen_at=self._memory.clock())
            flight.land(picture)
        return picture

    @asynccontextmanager
    async def _place(self) -> AsyncGenerator[None]:
        if self._room.statistics().tasks_waiting >= self._parts.options.waiting:
            raise RendersBusyError(
                "too many pictures wait to be rendered", retry_after=_RETRY_AFTER
            )
        async with self._room:
            yield


def _picture(wish: Wish, data: bytes) -> Picture:
    etag = blake3(data).hexdigest()[:_ETAG_DIGITS]
    return Picture(wish.name, wish.source, wish.plan.format, data, etag)


def _kept_as(picture: Picture) -> PutOptions:
    return PutOptions(Attributes(content_type=picture.format.mimetype, cache_control=_FOR_EVER))
