"""A store that is not asked faster than it bears."""

from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry
from prometheus_client import Counter as Total

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
from keyshelf.store.batching import get_each, put_each
from keyshelf.store.copying import BucketCopies
from keyshelf.store.pacing import Pace, PaceTiming
from keyshelf.store.retrying import Retries

_PUT, _PRESIGN = PutOptions(), PresignOptions()
_AT_ONCE = 16
_MOST_PREFIXES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottleOptions:
    """How many requests a second may be made below each prefix; 0 is any number."""

    reads: int = 5500
    writes: int = 3500
    timing: PaceTiming = field(default_factory=PaceTiming)


class ThrottleMetrics:
    """The metrics of all throttled stores in one registry; make one per registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.slowed = Total(
            "keyshelf_store_slowed_total",
            "How often a store said that it was asked too fast, and was asked more slowly.",
            ["store"],
            registry=registry,
        )
        self.waited = Total(
            "keyshelf_store_waited_seconds_total",
            "Seconds that requests waited because a store is not to be asked faster.",
            ["store"],
            registry=registry,
        )


def prefix_of(key: str) -> str:
    """Return the prefix that a key counts for: its first two segments.

    Chunks are one, manifests another, and so are the files of each owner: a cloud
    splits a bucket by prefixes too, by which ones nobody is told.
    """
    first, _, rest = key.partition("/")
    second, is_deeper, _ = rest.partition("/")
    return f"{first}/{second}" if is_deeper else first


class ThrottledStore:
    """The same store, asked at a pace for each prefix, reads and writes apart.

    What the store refuses as too much, whoever repeats it, slows that prefix down.
    A stream counts as one write, however many parts it has: they are large.
    """

    def __init__(
        self,
        store: ObjectStore,
        options: ThrottleOptions,
        retries: Retries,
        metrics: ThrottleMetrics,
        *,
        role: str,
    ) -> None:
        self._store = store
        self._slowed = metrics.slowed.labels(role)
        self._waited = metrics.waited.labels(role)
        self._options = options
        self._retries = retries
        self._paces = OrderedDict[tuple[str, bool], Pace]()
        retries.watch(self._overloaded)

    def pace(self, key: str, *, writes: bool) -> Pace | None:
        """Return the pace of the requests that a key counts for; None when any is right."""
        most = self._options.writes if writes else self._options.reads
        if not most:
            return None
        named = (prefix_of(key), writes)
        found = self._paces.get(named)
        if found is not None:
            self._paces.move_to_end(named)
            return found
        found = self._paces[named] = Pace(most, self._options.timing)
        if len(self._paces) > _MOST_PREFIXES:
            # The one that has been unused for longest, which nobody is waiting for.
            self._paces.popitem(last=False)
        return found

    def _overloaded(self, method: str, key: ObjectKey | None) -> None:
        writes = method not in {"GET", "HEAD"}
        if key is not None:
            pace = self.pace(key, writes=writes)
            refused = [] if pace is None else [pace]
        else:
            # A listing or a batch of deletions: nobody tells which of its keys was too much.
            refused = [pace for (_, other), pace in self._paces.items() if other is writes]
        if sum(pace.refused() for pace in refused):
            self._slowed.inc()

    async def _read(self, key: str) -> None:
        await self._take(self.pace(key, writes=False), 1)

    async def _write(self, key: str, requests: int = 1) -> None:
        await self._take(self.pace(key, writes=True), requests)

    async def _take(self, pace: Pace | None, requests: int) -> None:
        if pace is not None and (seconds := await pace.take(requests)):
            self._waited.inc(seconds)

    @property
    def capabilities(self) -> Capabilities:
        """What the store can do."""
        return self._store.capabilities

    async def head(self, key: ObjectKey) -> ObjectMeta:
        """See `ObjectStore`."""
        await self._read(key)
        return await self._store.head(key)

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        """See `ObjectStore`."""
        await self._read(key)
        return await self._store.get(key, byte_range=byte_range, if_match=if_match)

    async def put(self, key: ObjectKey, body: Body, options: PutOptions = _PUT) -> ObjectMeta:
        """See `ObjectStore`."""
        await self._write(key)
        return await self._store.put(key, body, options)

    async def put_many(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        """See `ObjectStore`; each object is a request of its own."""
        return await put_each(self, objects, at_once=_AT_ONCE, may_retry=self._retries.may_retry)

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        """See `ObjectStore`; each key is a request of its own."""
        return await get_each(self, keys, at_once=_AT_ONCE)

    async def delete(self, key: ObjectKey) -> None:
        """See `ObjectStore`."""
        await self._write(key)
        await self._store.delete(key)

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        """See `ObjectStore`; clouds count each key, however few the requests."""
        for prefix, requests in Counter(f"{prefix_of(key)}/" for key in keys).items():
            await self._write(prefix, requests)
        return await self._store.delete_many(keys)

    async def copy(
        self, source: ObjectKey, destination: ObjectKey, *, replace: bool = True
    ) -> ObjectMeta:
        """See `ObjectStore`."""
        await self._write(destination)
        return await self._store.copy(source, destination, replace=replace)

    async def list(
        self, prefix: str = "", *, start_after: str | None = None, delimiter: str | None = None
    ) -> AsyncIterator[ListPage]:
        """See `ObjectStore`; each page is a read."""
        pages = self._store.list(prefix, start_after=start_after, delimiter=delimiter)
        while True:
            await self._read(prefix)
            page = await anext(pages, None)
            if page is None:
                return
            yield page

    def guarding(self, copies: BucketCopies) -> BucketCopies:
        """Return copies into this store at its pace; each is a write, however large."""
        return _PacedCopies(copies, self._write)

    async def get_tags(self, key: ObjectKey) -> Mapping[str, str]:
        """See `ObjectStore`."""
        await self._read(key)
        return await self._store.get_tags(key)

    async def set_tags(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """See `ObjectStore`."""
        await self._write(key)
        await self._store.set_tags(key, tags)

    async def create_upload(self, key: ObjectKey, options: PutOptions = _PUT) -> str:
        """See `ObjectStore`."""
        await self._write(key)
        return await self._store.create_upload(key, options)

    async def upload_part(self, key: ObjectKey, upload_id: str, number: int, body: Body) -> Part:
        """See `ObjectStore`."""
        await self._write(key)
        return await self._store.upload_part(key, upload_id, number, body)

    async def list_parts(self, key: ObjectKey, upload_id: str) -> Sequence[Part]:
        """See `ObjectStore`."""
        await self._read(key)
        return await self._store.list_parts(key, upload_id)

    async def complete_upload(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: Sequence[CompletedPart],
        *,
        condition: WriteCondition = Condition.ALWAYS,
    ) -> ObjectMeta:
        """See `ObjectStore`."""
        await self._write(key)
        return await self._store.complete_upload(key, upload_id, parts, condition=condition)

    async def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """See `ObjectStore`."""
        await self._write(key)
        await self._store.abort_upload(key, upload_id)

    async def list_uploads(self, prefix: str = "") -> AsyncIterator[OpenUpload]:
        """See `ObjectStore`; counted as one read."""
        await self._read(prefix)
        async for upload in self._store.list_uploads(prefix):
            yield upload

    async def presign(
        self, method: str, key: ObjectKey, options: PresignOptions = _PRESIGN
    ) -> SignedRequest:
        """See `ObjectStore`; no request is made."""
        return await self._store.presign(method, key, options)

    async def check(self) -> None:
        """See `ObjectStore`; never kept waiting, because it asks whether anything answers."""
        await self._store.check()

    async def aclose(self) -> None:
        """See `ObjectStore`."""
        await self._store.aclose()


class _PacedCopies:
    def __init__(self, copies: BucketCopies, wait: Callable[[str], Awaitable[None]]) -> None:
        self._copies = copies
        self._wait = wait

    async def copy(self, source: ObjectMeta, *, replaces: str | None, with_tags: bool) -> None:
        await self._wait(source.key)
        await self._copies.copy(source, replaces=replaces, with_tags=with_tags)

    async def aclose(self) -> None:
        await self._copies.aclose()
