"""Objects as regions give them: small ones at once, large ones while they are read."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from keyshelf.errors import Error, IntegrityError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import MAX_SMALL_BYTES, ByteRange, ObjectMeta, ObjectReader, ObjectStore
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.regions.region import Region
from keyshelf.store.regions.watching import Watch


@dataclass(frozen=True, slots=True)
class HeldReader:
    """A reader of bytes that are here; see `ObjectReader`."""

    meta: ObjectMeta
    range: ByteRange
    body: bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the bytes once."""
        if self.body:
            yield self.body

    async def read(self) -> bytes:
        """Return all bytes."""
        return self.body

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


class DamagedCopyError(IntegrityError):
    """A region gives bytes that are not what their key promises. Ask another one."""

    code = "damaged-copy"

    def __init__(self, key: ObjectKey, region: Region, reader: HeldReader) -> None:
        super().__init__(f"{key!r} is damaged in the region {region.name}")
        self.reader = reader
        """What the region gives all the same."""


async def open_object(
    store: ObjectStore, key: ObjectKey, byte_range: ByteRange | None
) -> ObjectReader:
    """Open an object; what is small is read before it is given.

    Whoever is asked for it then answers for all of it, and a body that breaks off is a
    failure like any other. Raises what `ObjectStore.get` raises.
    """
    reader = await store.get(key, byte_range=byte_range)
    size = 0 if reader.range.end is None else reader.range.end - reader.range.start
    if size > MAX_SMALL_BYTES:
        return reader
    async with reader:
        body = await reader.read()
    if len(body) != size:
        raise StoreUnavailableError(f"{key!r} broke off after {len(body)} of {size} bytes")
    return HeldReader(reader.meta, reader.range, body)


class Rest:
    """Where the rest of a large object comes from when its region breaks off."""

    def __init__(
        self, key: ObjectKey, region: Region, regions: Sequence[Region], watch: Watch
    ) -> None:
        self._key = key
        self._region = region
        self._others = [each for each in regions if each is not region]
        self._watch = watch

    async def reopen(self, meta: ObjectMeta, byte_range: ByteRange, error: Error) -> ObjectReader:
        """Open the rest in the next region that has the same object; see `Reopen`.

        The same is one of the same size and ETag: chunks of one content may be stored in
        more than one way. A region is asked once for one object.
        """
        self._watch.failed(self._region)
        while self._others:
            self._region = self._others.pop(0)
            began = self._watch.now()
            try:
                reader = await self._region.store.get(
                    self._key, byte_range=byte_range, if_match=meta.etag
                )
            except Error:
                # What it lacks or how it fails matters to nobody: another is asked.
                self._watch.unusable(self._region)
                continue
            if reader.meta.size == meta.size:
                self._watch.answered(self._region, began)
                return reader
            await reader.__aexit__(None, None, None)
        raise error
