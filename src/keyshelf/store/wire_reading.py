"""Objects that are read over `wire`, and what an answer's headers tell of an object."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, ByteRange, ObjectMeta
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.wire import Incoming

_PIECE_BYTES = 1 << 20


class WireReader:
    """An object being read over `wire`; see `ObjectReader`."""

    def __init__(
        self, incoming: Incoming, meta: ObjectMeta, byte_range: ByteRange, stack: AsyncExitStack
    ) -> None:
        self._incoming = incoming
        self._stack = stack
        self.meta = meta
        self.range = byte_range

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the bytes once, in pieces of up to a MiB."""
        return self._incoming.pieces(_PIECE_BYTES)

    async def read(self) -> bytes:
        """Return all bytes at once."""
        return b"".join([piece async for piece in self])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()


async def open_reader(
    opening: AbstractAsyncContextManager[Incoming],
    meta_of: Callable[[Mapping[str, str]], ObjectMeta],
) -> WireReader:
    """Begin to read; the connection is the reader's until it is left."""
    async with AsyncExitStack() as stack:
        incoming = await stack.enter_async_context(opening)
        meta = meta_of(incoming.headers)
        start, end = 0, meta.size
        if "content-range" in incoming.headers:
            start, end = _content_range(incoming.headers["content-range"])
        byte_range = ByteRange(start, end if end > start else None)
        return WireReader(incoming, meta, byte_range, stack.pop_all())


def range_header(byte_range: ByteRange) -> str:
    """Return the `Range` header that asks for these bytes."""
    last = "" if byte_range.end is None else byte_range.end - 1
    return f"bytes={byte_range.start}-{last}"


def _content_range(header: str) -> tuple[int, int]:
    given, _, _ = header.removeprefix("bytes ").partition("/")
    first, _, last = given.partition("-")
    return int(first), int(last) + 1


def object_meta(
    key: ObjectKey,
    headers: Mapping[str, str],
    *,
    metadata: Mapping[str, str],
    found_class: str | None,
) -> ObjectMeta:
    """Return what the headers of a GET or HEAD tell of an object."""
    _, _, whole = headers.get("content-range", "").partition("/")
    return ObjectMeta(
        key=key,
        size=int(whole or headers.get("content-length", "0")),
        etag=headers.get("etag", "").strip('"'),
        modified_at=header_time(headers.get("last-modified", "")),
        attributes=Attributes(
            content_type=headers.get("content-type", "application/octet-stream"),
            cache_control=headers.get("cache-control"),
            content_disposition=headers.get("content-disposition"),
            metadata=metadata,
        ),
        storage_class=found_class,
    )


def header_time(value: str) -> datetime:
    """Return the time of a date header, in UTC."""
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except ValueError as error:
        raise StoreUnavailableError(f"the store gave a date that is none: {value!r}") from error
