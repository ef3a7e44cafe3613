"""Bytes of plainly named objects, carried by obstore at its own speed.

obstore reads and writes several times faster than any client in Python, but its
paths are not S3's keys: it drops a slash at the end, and refuses empty segments,
dot segments and control characters. `is_plain` tells the keys that it keeps as
they are; all others, listings and everything that needs a store's full protocol
go by `wire`.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import obstore
from obstore.exceptions import BaseError, PreconditionError
from obstore.store import AzureStore, S3Store

from keyshelf.clock import Clock
from keyshelf.errors import Error
from keyshelf.layout.keys import ObjectKey
from keyshelf.store import header_text, s3_xml
from keyshelf.store.base import Attributes, ByteRange, ObjectMeta, ObjectReader
from keyshelf.store.cloud_failures import failure
from keyshelf.store.errors import ObjectChangedError, StoreUnavailableError
from keyshelf.store.resuming import ResumingReader
from keyshelf.store.retrying import ATTEMPTS, OVERLOADED_STATUSES, Retries, pause
from keyshelf.store.sigv4 import Address, Credentials
from keyshelf.store.unanswered import unanswered

if TYPE_CHECKING:
    from obstore import GetOptions, GetResult
    from obstore.store import ClientConfig, RetryConfig, S3Credential

T = TypeVar("T")

_PIECE_BYTES = 1 << 20
_CLIENT: "ClientConfig" = {
    "allow_http": True,
    "connect_timeout": timedelta(seconds=3),
    "read_timeout": timedelta(seconds=30),
    # The whole of a large object may take long; `read_timeout` notices a dead server.
    "timeout": timedelta(days=1),
    "user_agent": "keyshelf",
}
# It would retry without our knowing that the store is overloaded, and without a budget.
_RETRY: "RetryConfig" = {"max_retries": 0}
_STATUS = re.compile(r"status (?:code: )?(\d{3})\b")
_URL = re.compile(r"Error performing [A-Z]+ (\S+) in ")
_CAUSE = re.compile(r'(?:message|error): "([^"]+)",')
"""What the system said, in what obstore prints for those who look for its own faults."""


def is_plain(key: ObjectKey) -> bool:
    """Say whether obstore addresses exactly this key."""
    return key.isprintable() and not any(segment in {"", ".", ".."} for segment in key.split("/"))


class CloudReader:
    """An object being read through obstore; see `ObjectReader`."""

    def __init__(self, result: "GetResult", key: ObjectKey, meta: ObjectMeta) -> None:
        self._result = result
        self._key = key
        self.meta = meta
        start, end = result.range
        # An empty object has no range that holds a byte; its reader gives none.
        self.range = ByteRange(start, end if end > start else None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the bytes once, in pieces of about a MiB."""
        stream = self._result.stream(min_chunk_size=_PIECE_BYTES).__aiter__()
        while True:
            try:
                piece = await stream.__anext__()
            except StopAsyncIteration:
                return
            except (BaseError, OSError) as error:
                raise translated(error, doing=f"GET {self._key[:200]!r}") from error
            yield bytes(piece)

    async def read(self) -> bytes:
        """Return all bytes at once."""
        try:
            return (await self._result.bytes_async()).to_bytes()
        except (BaseError, OSError) as error:
            raise translated(error, doing=f"GET {self._key[:200]!r}") from error

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # obstore closes the connection when nothing holds the result any more.
        del self._result


class CloudBytes:
    """Reads and unconditional writes of plain keys in one bucket or container."""

    def __init__(self, store: S3Store | AzureStore, retries: Retries) -> None:
        self._store = store
        self._retries = retries

    @classmethod
    def s3(
        cls,
        address: Address,
        bucket: str,
        *,
        path_style: bool,
        region: str,
        credentials: Callable[[], Awaitable[Credentials]],
        clock: Clock,
        retries: Retries,
    ) -> "CloudBytes":
        """Open a bucket of S3 or of a server that speaks its protocol."""

        async def provide() -> "S3Credential":
            current = await credentials()
            return {
                "access_key_id": current.access_key,
                "secret_access_key": current.secret_key,
                "token": current.session_token,
                # Short, so that obstore asks again and sees what has been renewed.
                "expires_at": clock() + timedelta(minutes=10),
            }

        endpoint = address.origin + address.base
        if path_style:
            endpoint = endpoint.removesuffix(f"/{bucket}")
        return cls(
            S3Store(
                bucket,
                endpoint=endpoint,
                region=region,
                virtual_hosted_style_request=not path_style,
                unsigned_payload=address.scheme == "https",
                credential_provider=provide,
                client_options=_CLIENT,
                retry_config=_RETRY,
            ),
            retries,
        )

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None, if_match: str | None
    ) -> ObjectReader:
        """Open an object, which is read on when its connection breaks.

        Raises what the store's answer means, see `translated`.
        """
        reader = await self._open(key, byte_range=byte_range, if_match=if_match)
        left = iter(range(ATTEMPTS - 1))

        async def reopen(meta: ObjectMeta, rest: ByteRange, error: Error) -> ObjectReader:
            attempt = next(left, None)
            if attempt is None or not self._retries.may_retry():
                raise error
            await pause(attempt)
            again = await self._open(key, byte_range=rest, if_match=meta.etag)
            # A server that ignores conditions gives out whatever is there.
            if again.meta.etag != meta.etag:
                raise error
            return again

        return ResumingReader(reader, reopen)

    async def _open(
        self, key: ObjectKey, *, byte_range: ByteRange | None, if_match: str | None
    ) -> CloudReader:
        options: GetOptions = {}
        if byte_range is not None:
            options["range"] = (
                {"offset": byte_range.start}
                if byte_range.end is None
                else (byte_range.start, byte_range.end)
            )
        if if_match is not None:
            options["if_match"] = f'"{if_match}"'
        result = await self._tried(
            "GET", key, lambda: obstore.get_async(self._store, key, options=options)
        )
        return CloudReader(result, key, _meta(key, result))

    async def put(self, key: ObjectKey, body: bytes, attributes: Attributes) -> str:
        """Write an object in one request and return its ETag."""
        named = _attributes(attributes)
        result = await self._tried(
            "PUT",
            key,
            lambda: obstore.put_async(
                self._store, key, body, attributes=named, use_multipart=False
            ),
        )
        return (result["e_tag"] or "").strip('"')

    async def _tried(self, method: str, key: ObjectKey, send: Callable[[], Awaitable[T]]) -> T:
        self._retries.asked()
        for attempt in range(ATTEMPTS):
            try:
                return await send()
            except (BaseError, OSError) as error:
                failure = translated(error, doing=f"{method} {key[:200]!r}")
                if _status(error) in OVERLOADED_STATUSES:
                    self._retries.overloaded(method, key)
                is_last = attempt + 1 == ATTEMPTS or not isinstance(failure, StoreUnavailableError)
                if is_last or not self._retries.may_retry():
                    raise failure from error
            await pause(attempt)
        raise AssertionError


def translated(error: Exception, *, doing: str) -> Error:
    """Return what an error of obstore means."""
    said = str(error)
    if isinstance(error, FileNotFoundError):
        return failure(404, {}, said.encode(), doing=doing)
    if isinstance(error, PreconditionError):
        return ObjectChangedError(f"{doing}: the object has another ETag")
    status = _status(error)
    if status is not None:
        return failure(status, {}, said.encode(), doing=doing)
    url = _URL.search(said)
    return unanswered(url[1] if url else "", _reason(said), doing=doing)


def _reason(said: str) -> str:
    """Return why no answer came, of what obstore prints of the libraries below it."""
    if found := _CAUSE.search(said):
        return found[1].rpartition(": ")[2]
    is_late = "kind: Timeout" in said or "operation timed out" in said
    return "no answer in time" if is_late else "the connection broke off"


def _status(error: Exception) -> int | None:
    found = _STATUS.search(str(error))
    return int(found[1]) if found else None


def _attributes(attributes: Attributes) -> dict[str, str]:
    named = {
        "Content-Type": attributes.content_type,
        "Cache-Control": attributes.cache_control,
        "Content-Disposition": attributes.content_disposition,
    }
    written = {name: value for name, value in named.items() if value is not None}
    return written | header_text.encode_values(attributes.metadata, prefix="")


def _meta(key: ObjectKey, result: "GetResult") -> ObjectMeta:
    found = {str(name): value for name, value in result.attributes.items()}
    found_class = s3_xml.storage_class(found.pop("Storage-Class", None))
    content_type = found.pop("Content-Type", "application/octet-stream")
    cache_control = found.pop("Cache-Control", None)
    disposition = found.pop("Content-Disposition", None)
    for name in ("Content-Encoding", "Content-Language"):
        found.pop(name, None)
    return ObjectMeta(
        key=key,
        size=result.meta["size"],
        etag=(result.meta["e_tag"] or "").strip('"'),
        modified_at=result.meta["last_modified"].astimezone(UTC),
        attributes=Attributes(
            content_type=content_type,
            cache_control=cache_control,
            content_disposition=disposition,
            metadata={name: header_text.decode_value(value) for name, value in found.items()},
        ),
        storage_class=found_class,
    )
