"""A store of one primary and its replicas, behind the protocol of any store."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from itertools import count

import anyio

from keyshelf.concurrency import for_each
from keyshelf.errors import Error
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    Body,
    ByteRange,
    Capabilities,
    CompletedPart,
    Condition,
    DeleteResult,
    ListPage,
    NewObject,
    ObjectMeta,
    ObjectReader,
    ObjectStore,
    OpenUpload,
    Part,
    PresignOptions,
    PutOptions,
    PutResult,
    SignedRequest,
    WriteCondition,
)
from keyshelf.store.batching import get_each
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.store.regions.metrics import RegionsMetrics
from keyshelf.store.regions.ordering import order
from keyshelf.store.regions.racing import Race
from keyshelf.store.regions.reading import DamagedCopyError, HeldReader, Rest, open_object
from keyshelf.store.regions.recent import RecentKeys
from keyshelf.store.regions.region import Region
from keyshelf.store.regions.values import RegionsOptions
from keyshelf.store.regions.watching import Watch
from keyshelf.store.resuming import ResumingReader

_PUT, _PRESIGN = PutOptions(), PresignOptions()
_READS_AT_ONCE = 16


class RegionsStore:
    """Writes to the primary; reads what never changes from the region that suits best.

    Listings, heads, tags, conditional reads, whatever may be overwritten and what this
    store wrote a while ago are the primary's. A read fails only when the primary says
    so, or when no region can be reached that has the object. Bytes that are surely damaged
    are given only when no region has others.

    `open_regions` opens it, and has it come back to regions that were away.
    """

    def __init__(
        self,
        primary: Region,
        replicas: Sequence[Region],
        options: RegionsOptions,
        metrics: RegionsMetrics,
        *,
        role: str,
    ) -> None:
        self.primary: ObjectStore = primary.store
        """The store that is written to, for whoever must know what it holds."""
        self._regions = [primary, *replicas]
        self._options = options
        self._watch = Watch(options, metrics, role=role)
        self._turns = count()
        self._written = self._recent_keys()
        self._present = {each: self._recent_keys() for each in replicas}
        for each in self._regions:
            self._watch.add(each)

    async def keep_probing(self) -> None:
        """Probe each region that rests, until it is well, and each that is quiet, for ever."""
        await for_each(self._regions, self._probe, at_once=len(self._regions))

    @property
    def capabilities(self) -> Capabilities:
        """What the primary can do."""
        return self.primary.capabilities

    async def head(self, key: ObjectKey) -> ObjectMeta:
        """See `ObjectStore`; of the primary."""
        return await self.primary.head(key)

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        """See `ObjectStore`; an object that never changes comes from any region."""
        if if_match is not None or not self._may_be_elsewhere(key):
            return await self.primary.get(key, byte_range=byte_range, if_match=if_match)
        regions = self._order(self._watch.now())

        async def ask(region: Region) -> tuple[Region, ObjectReader]:
            reader = await open_object(region.store, key, byte_range)
            if (
                isinstance(reader, HeldReader)
                and byte_range is None
                and self._options.is_damaged(key, reader.body)
            ):
                raise DamagedCopyError(key, region, reader)
            return region, reader

        try:
            region, reader = await Race(regions, ask, self._watch, drop=_close).run()
        except DamagedCopyError as error:
            return error.reader  # whoever reads it verifies it, and tells what that hurts
        if isinstance(reader, HeldReader):
            return reader
        return ResumingReader(reader, Rest(key, region, regions, self._watch).reopen)

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        """See `ObjectStore`; each object that never changes comes from any region."""
        if not any(self._may_be_elsewhere(key) for key in keys):
            return await self.primary.get_many(keys)
        return await get_each(self, keys, at_once=_READS_AT_ONCE)

    async def put(self, key: ObjectKey, body: Body, options: PutOptions = _PUT) -> ObjectMeta:
        """See `ObjectStore`."""
        self._written.note([key])
        return await self.primary.put(key, body, options)

    async def put_many(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        """See `ObjectStore`."""
        self._written.note(new.key for new in objects)
        return await self.primary.put_many(objects)

    async def delete(self, key: ObjectKey) -> None:
        """See `ObjectStore`; replicas follow by themselves."""
        self._written.note([key])
        await self.primary.delete(key)

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        """See `ObjectStore`; replicas follow by themselves."""
        self._written.note(keys)
        return await self.primary.delete_many(keys)

    async def copy(
        self, source: ObjectKey, destination: ObjectKey, *, replace: bool = True
    ) -> ObjectMeta:
        """See `ObjectStore`."""
        self._written.note([destination])
        return await self.primary.copy(source, destination, replace=replace)

    def list(
        self, prefix: str = "", *, start_after: str | None = None, delimiter: str | None = None
    ) -> AsyncIterator[ListPage]:
        """See `ObjectStore`; of the primary."""
        return self.primary.list(prefix, start_after=start_after, delimiter=delimiter)

    async def get_tags(self, key: ObjectKey) -> Mapping[str, str]:
        """See `ObjectStore`; of the primary."""
        return await self.primary.get_tags(key)

    async def set_tags(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """See `ObjectStore`."""
        await self.primary.set_tags(key, tags)

    async def create_upload(self, key: ObjectKey, options: PutOptions = _PUT) -> str:
        """See `ObjectStore`."""
        return await self.primary.create_upload(key, options)

    async def upload_part(self, key: ObjectKey, upload_id: str, number: int, body: Body) -> Part:
        """See `ObjectStore`."""
        return await self.primary.upload_part(key, upload_id, number, body)

    async def list_parts(self, key: ObjectKey, upload_id: str) -> Sequence[Part]:
        """See `ObjectStore`."""
        return await self.primary.list_parts(key, upload_id)

    async def complete_upload(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: Sequence[CompletedPart],
        *,
        condition: WriteCondition = Condition.ALWAYS,
    ) -> ObjectMeta:
        """See `ObjectStore`."""
        self._written.note([key])
        return await self.primary.complete_upload(key, upload_id, parts, condition=condition)

    async def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """See `ObjectStore`."""
        await self.primary.abort_upload(key, upload_id)

    def list_uploads(self, prefix: str = "") -> AsyncIterator[OpenUpload]:
        """See `ObjectStore`; of the primary."""
        return self.primary.list_uploads(prefix)

    async def presign(
        self, method: str, key: ObjectKey, options: PresignOptions = _PRESIGN
    ) -> SignedRequest:
        """See `ObjectStore`; a download comes from a replica only if that has the object.

        Whoever makes the request cannot go on elsewhere: a replica is asked first, with
        a HEAD that is remembered, and in doubt the primary it is.
        """
        if method == "PUT":
            self._written.note([key])
            return await self.primary.presign(method, key, options)
        region = self._order(None)[0] if self._may_be_elsewhere(key) else self._regions[0]
        if region.is_primary or not await self._has(region, key):
            return await self.primary.presign(method, key, options)
        return await region.store.presign(method, key, options)

    async def check(self) -> None:
        """See `ObjectStore`; of the primary, without which nothing can be written."""
        await self.primary.check()

    async def aclose(self) -> None:
        """See `ObjectStore`."""
        for each in self._regions:
            await each.store.aclose()

    def _recent_keys(self) -> RecentKeys:
        options = self._options
        return RecentKeys(
            most=options.remembered, seconds=options.remembered_for, timing=options.timing
        )

    def _may_be_elsewhere(self, key: ObjectKey) -> bool:
        return self._options.is_unchanging(key) and key not in self._written

    def _order(self, now: float | None) -> Sequence[Region]:
        return order(self._regions, self._options, turn=next(self._turns), now=now)

    async def _has(self, region: Region, key: ObjectKey) -> bool:
        capabilities = region.store.capabilities
        if not capabilities.presign or capabilities.is_local or not region.health.is_well:
            return False
        present = self._present[region]
        if key in present:
            return True
        began = self._watch.now()
        with anyio.move_on_after(self._watch.patience):
            try:
                await region.store.head(key)
            except ObjectNotFoundError:
                self._watch.missing(region, began)
                return False
            except Error:
                self._watch.failed(region)
                return False
            present.note([key])
            self._watch.found(region, began)
            return True
        self._watch.silent(region)
        return False

    async def _probe(self, region: Region) -> None:
        while True:
            if region.health.is_well:
                await self._watch.unwell_or_quiet(region)
            if not region.health.is_well:
                await self._watch.wait(region.health.rest_seconds)
            is_well = False
            with anyio.move_on_after(self._options.probe_deadline), suppress(Error):
                await region.store.check()
                is_well = True
            self._watch.probed(region, is_well=is_well)


async def _close(answer: tuple[Region, ObjectReader]) -> None:
    await answer[1].__aexit__(None, None, None)
