"""A store that counts what is asked of it, and tells which objects were written through it."""

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

from prometheus_client import CollectorRegistry, Counter, Histogram

from keyshelf.errors import Error, UnavailableError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    Body,
    ByteRange,
    Capabilities,
    CompletedPart,
    Condition,
    DeleteResult,
    LinkingStore,
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
from keyshelf.store.copying import BucketCopies, CopyGuard
from keyshelf.tracing import tracing

SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Bounds of the histogram. Whoever changes them changes their number: by that, latencies which
the database keeps are told apart from those of other bounds, and begin anew."""
OURS, THEIRS = "4xx", "5xx"
"""Whether a request failed by what was asked, or by the store: as HTTP's statuses say it."""
_PUT, _PRESIGN = PutOptions(), PresignOptions()


class StoreMetrics:
    """The metrics of all stores in one registry; make one per registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "keyshelf_store_request_duration_seconds",
            "How long operations on a store took; reading a body is not part of it.",
            ["store", "op"],
            buckets=SECONDS,
            registry=registry,
        )
        self.errors = Counter(
            "keyshelf_store_errors_total",
            "Operations on a store that failed: by what was asked (4xx) or by the store (5xx),"
            " and the code of the error.",
            ["store", "op", "class", "code"],
            registry=registry,
        )
        self.bytes = Counter(
            "keyshelf_store_bytes_total",
            "Bytes of objects that were read from or written to a store.",
            ["store", "direction"],
            registry=registry,
        )


class ObservedStore:
    """The same store, counted under its role."""

    def __init__(self, store: ObjectStore, *, role: str, metrics: StoreMetrics) -> None:
        self._store = store
        self._role = role
        self._metrics = metrics
        self._read = metrics.bytes.labels(role, "read")
        self._written = metrics.bytes.labels(role, "written")
        self._watchers: list[Callable[[ObjectKey], None]] = []

    def watch(self, told: Callable[[ObjectKey], None]) -> None:
        """Have `told` called with the key of each object that was, or may have been, written.

        That is after the store has answered, however it did; deletions count as well.
        """
        self._watchers.append(told)

    @contextmanager
    def _telling(self, keys: Iterable[ObjectKey]) -> Generator[None]:
        try:
            yield
        finally:
            for told in self._watchers:
                for key in keys:
                    told(key)

    @property
    def capabilities(self) -> Capabilities:
        """What the store can do."""
        return self._store.capabilities

    @contextmanager
    def _observed(self, operation: str, *, times: int = 1) -> Generator[None]:
        start = perf_counter()
        try:
            with tracing.span(f"store {operation}", store=self._role, objects=times):
                yield
        except Error as error:
            fault = THEIRS if isinstance(error, UnavailableError) else OURS
            self._metrics.errors.labels(self._role, operation, fault, error.code).inc()
            raise
        except Exception:
            self._metrics.errors.labels(self._role, operation, THEIRS, "unexpected").inc()
            raise
        finally:
            seconds = perf_counter() - start
            timed = self._metrics.seconds.labels(self._role, operation)
            for _ in range(times):
                timed.observe(seconds / times)

    async def head(self, key: ObjectKey) -> ObjectMeta:
        """See `ObjectStore`."""
        with self._observed("head"):
            return await self._store.head(key)

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        """See `ObjectStore`."""
        with self._observed("get"):
            reader = await self._store.get(key, byte_range=byte_range, if_match=if_match)
        return _CountedReader(reader, self._read)

    async def link(self, key: ObjectKey, to: Path, *, if_match: str) -> bool:
        """See `LinkingStore`."""
        if not isinstance(self._store, LinkingStore):
            return False
        with self._observed("link"):
            return await self._store.link(key, to, if_match=if_match)

    async def put(self, key: ObjectKey, body: Body, options: PutOptions = _PUT) -> ObjectMeta:
        """See `ObjectStore`."""
        with self._telling([key]), self._observed("put"):
            return await self._store.put(key, _counted(body, self._written), options)

    async def put_many(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        """See `ObjectStore`; each object is counted as a `put` of its share of the time."""
        keys = [new.key for new in objects]
        with self._telling(keys), self._observed("put", times=len(objects)):
            results = await self._store.put_many(objects)
        pairs = zip(objects, results, strict=True)
        self._written.inc(sum(len(new.body) for new, put in pairs if put is PutResult.WRITTEN))
        return results

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        """See `ObjectStore`; each key is counted as a `get` of its share of the time."""
        with self._observed("get", times=len(keys)):
            bodies = await self._store.get_many(keys)
        self._read.inc(sum(len(body) for body in bodies if body is not None))
        return bodies

    async def delete(self, key: ObjectKey) -> None:
        """See `ObjectStore`."""
        with self._telling([key]), self._observed("delete"):
            await self._store.delete(key)

    async def delete_many(self, keys: Sequence[ObjectKey]) -> Sequence[DeleteResult]:
        """See `ObjectStore`."""
        with self._telling(keys), self._observed("delete_many"):
            return await self._store.delete_many(keys)

    async def copy(
        self, source: ObjectKey, destination: ObjectKey, *, replace: bool = True
    ) -> ObjectMeta:
        """See `ObjectStore`."""
        with self._copying(destination):
            return await self._store.copy(source, destination, replace=replace)

    def guarding(self, copies: BucketCopies) -> BucketCopies:
        """Return copies into this store that are counted as its own are."""
        if isinstance(self._store, CopyGuard):
            copies = self._store.guarding(copies)
        return _CountedCopies(copies, self._copying)

    @contextmanager
    def _copying(self, key: ObjectKey) -> Generator[None]:
        with self._telling([key]), self._observed("copy"):
            yield

    async def list(
        self, prefix: str = "", *, start_after: str | None = None, delimiter: str | None = None
    ) -> AsyncIterator[ListPage]:
        """See `ObjectStore`; each page is counted as one operation."""
        pages = self._store.list(prefix, start_after=start_after, delimiter=delimiter)
        while True:
            with self._observed("list"):
                page = await anext(pages, None)
            if page is None:
                return
            yield page

    async def get_tags(self, key: ObjectKey) -> Mapping[str, str]:
        """See `ObjectStore`."""
        with self._observed("get_tags"):
            return await self._store.get_tags(key)

    async def set_tags(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """See `ObjectStore`."""
        with self._observed("set_tags"):
            await self._store.set_tags(key, tags)

    async def create_upload(self, key: ObjectKey, options: PutOptions = _PUT) -> str:
        """See `ObjectStore`."""
        with self._observed("create_upload"):
            return await self._store.create_upload(key, options)

    async def upload_part(self, key: ObjectKey, upload_id: str, number: int, body: Body) -> Part:
        """See `ObjectStore`."""
        with self._observed("upload_part"):
            counted = _counted(body, self._written)
            return await self._store.upload_part(key, upload_id, number, counted)

    async def list_parts(self, key: ObjectKey, upload_id: str) -> Sequence[Part]:
        """See `ObjectStore`."""
        with self._observed("list_parts"):
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
        with self._telling([key]), self._observed("complete_upload"):
            return await self._store.complete_upload(key, upload_id, parts, condition=condition)

    async def abort_upload(self, key: ObjectKey, upload_id: str) -> None:
        """See `ObjectStore`."""
        with self._observed("abort_upload"):
            await self._store.abort_upload(key, upload_id)

    async def list_uploads(self, prefix: str = "") -> AsyncIterator[OpenUpload]:
        """See `ObjectStore`; each upload that is waited for is counted."""
        uploads = self._store.list_uploads(prefix)
        while True:
            with self._observed("list_uploads"):
                upload = await anext(uploads, None)
            if upload is None:
                return
            yield upload

    async def presign(
        self, method: str, key: ObjectKey, options: PresignOptions = _PRESIGN
    ) -> SignedRequest:
        """See `ObjectStore`."""
        with self._observed("presign"):
            return await self._store.presign(method, key, options)

    async def check(self) -> None:
        """See `ObjectStore`."""
        with self._observed("check"):
            await self._store.check()

    async def aclose(self) -> None:
        """See `ObjectStore`."""
        await self._store.aclose()


def _counted(body: Body, counter: Counter) -> Body:
    if isinstance(body, bytes):
        counter.inc(len(body))
        return body
    return _counted_pieces(body, counter)


async def _counted_pieces(pieces: AsyncIterator[bytes], counter: Counter) -> AsyncGenerator[bytes]:
    async for piece in pieces:
        counter.inc(len(piece))
        yield piece


class _CountedReader:
    def __init__(self, reader: ObjectReader, counter: Counter) -> None:
        self._reader = reader
        self._counter = counter

    @property
    def meta(self) -> ObjectMeta:
        return self._reader.meta

    @property
    def range(self) -> ByteRange:
        return self._reader.range

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _counted_pieces(self._reader.__aiter__(), self._counter)

    async def read(self) -> bytes:
        body = await self._reader.read()
        self._counter.inc(len(body))
        return body

    async def __aenter__(self) -> Self:
        await self._reader.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._reader.__aexit__(kind, error, trace)


class _CountedCopies:
    def __init__(
        self, copies: BucketCopies, counted: Callable[[ObjectKey], AbstractContextManager[None]]
    ) -> None:
        self._copies = copies
        self._counted = counted

    async def copy(self, source: ObjectMeta, *, replaces: str | None, with_tags: bool) -> None:
        with self._counted(source.key):
            await self._copies.copy(source, replaces=replaces, with_tags=with_tags)

    async def aclose(self) -> None:
        await self._copies.aclose()
