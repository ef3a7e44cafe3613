"""Moves bytes between local files and the store, by signed requests: the seam to the store."""

import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import anyio
import httpx2
from anyio import to_thread

from keyshelf.client.failures import UnreachableError
from keyshelf.client.transfers.store_answers import Refusal
from keyshelf.client.values import SignedRequest
from keyshelf.errors import ConflictError, IntegrityError, UnavailableError

TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
"""No single read or write takes longer; a whole transfer may."""


class StoreUnavailableError(UnavailableError):
    """The store did not take or give bytes. Try again; what was moved is kept."""

    code = "store-transfer-failed"


class StoreUnreachableError(StoreUnavailableError, UnreachableError):
    """The store answered before and is away now. Wait until it is back; what was moved is kept."""

    code = "store-unreachable"


class StoreHasNoRoomError(UnavailableError):
    """The store is full. Make room there, then run the same again: it goes on where it stopped."""

    code = "store-has-no-room"


class LinkExpiredError(StoreUnavailableError):
    """The store refuses a signed request. Ask for a new one: it expired, or the object moved."""

    code = "link-expired"


class ObjectArchivedError(ConflictError):
    """The store must restore an object before it gives it, which whoever runs it asks for."""

    code = "object-archived"


class SourceChangedError(ConflictError):
    """A local file changed while it was being sent. Send it again when it is at rest."""

    code = "source-changed"


class ObjectChangedError(ConflictError):
    """An object changed while it was being fetched. Fetch it again."""

    code = "object-replaced"


class DamagedTransferError(IntegrityError):
    """The bytes on the disk are not those of the store. Fetch again; if it stays, look there."""

    code = "damaged-transfer"


@dataclass(frozen=True, slots=True)
class Slice:
    """A run of bytes of an open local file."""

    descriptor: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Received:
    """What the store says of an object with a range of it."""

    validator: str | None
    total: int
    headers: Mapping[str, str]


Moved = Callable[[int], None]


class Objects:
    """The store, by signed requests; a bounded number of them at once.

    Its HTTP client carries no token of the service: signed requests need none,
    and the store is not who it is for. It is opened by the first transfer.
    """

    def __init__(
        self,
        open_http: Callable[[], httpx2.AsyncClient],
        *,
        service_url: str,
        requests_at_once: int,
        chunk_bytes: int,
    ) -> None:
        self._open_http = open_http
        self._http: httpx2.AsyncClient | None = None
        self._service_url = service_url
        # Stores of the service's own are where it is, and it was reached.
        self._reached = {_host(service_url)}
        self._limit = anyio.CapacityLimiter(requests_at_once)
        self._chunk_bytes = chunk_bytes

    async def close(self) -> None:
        """Close the connections to the store."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def send(self, request: SignedRequest, source: Slice, *, moved: Moved) -> str:
        """Send a slice of a file and return its ETag, empty where the store tells none.

        On a failure `moved` is taken back whole, and the store may have the bytes all
        the same, or some of them. Raises `LinkExpiredError` when the request must be signed anew,
        `StoreUnavailableError` for what may pass, `SourceChangedError` when the
        file ends too early.
        """
        sent = 0

        async def body() -> AsyncIterator[bytes]:
            nonlocal sent
            while sent < source.size:
                count = min(self._chunk_bytes, source.size - sent)
                data = await to_thread.run_sync(
                    os.pread, source.descriptor, count, source.offset + sent
                )
                if not data:
                    raise SourceChangedError("the file became shorter while it was being sent")
                sent += len(data)
                moved(len(data))
                yield data

        headers = {name: str(value) for name, value in request.headers.items()}
        headers["Content-Length"] = str(source.size)
        is_taken = False
        try:
            async with self._answer(request.method, request.url, headers, body()) as answer:
                await _refuse(answer)
                is_taken = True
                return answer.headers.get("ETag", "").strip('"')
        finally:
            if not is_taken and sent:
                moved(-sent)

    async def receive(self, url: str, target: Slice, *, moved: Moved) -> Received:
        """Fetch a range of an object into the same place of a file.

        May be called again for the rest after a failure: whatever `moved` has
        counted is written. Raises as `send` does, and `ObjectChangedError` when
        the object is not as long as it was.
        """
        last = target.offset + target.size - 1
        headers = {"Range": f"bytes={target.offset}-{last}", "Accept-Encoding": "identity"}
        async with self._answer("GET", url, headers, None) as answer:
            await _refuse(answer)
            total = _total(answer, target)
            position = target.offset
            async for data in answer.aiter_raw(self._chunk_bytes):
                if position + len(data) > last + 1:
                    raise StoreUnavailableError("the store sent more than it was asked for")
                await to_thread.run_sync(_write, target.descriptor, data, position)
                position += len(data)
                moved(len(data))
            if position != last + 1:
                raise StoreUnavailableError("the store stopped sending before the end")
            return Received(answer.headers.get("ETag"), total, dict(answer.headers))

    async def put(self, request: SignedRequest, data: bytes) -> bool:
        """Send a small object whole; False when there is one of its name, which stays.

        Raises as `send` does.
        """
        headers = {name: str(value) for name, value in request.headers.items()}
        async with self._answer(request.method, request.url, headers, data) as answer:
            if not answer.is_success and await _is_there(answer):
                return False
            await _refuse(answer)
            await answer.aread()
            return True

    async def fetch(self, request: SignedRequest, *, most: int) -> bytes:
        """Return a small object, of at most so many bytes. Raises as `receive` does."""
        headers = {name: str(value) for name, value in request.headers.items()}
        headers["Accept-Encoding"] = "identity"
        async with self._answer(request.method, request.url, headers, None) as answer:
            await _refuse(answer)
            if int(answer.headers.get("Content-Length", 0)) > most:
                raise ObjectChangedError("the store has a larger object than can be there")
            data = await answer.aread()
        if len(data) > most:
            raise ObjectChangedError("the store has a larger object than can be there")
        return data

    @asynccontextmanager
    async def _answer(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: AsyncIterator[bytes] | bytes | None,
    ) -> AsyncGenerator[httpx2.Response]:
        """Send one request within the bound; the HTTP library's errors become ours."""
        whole = urljoin(f"{self._service_url}/", url)
        host = _host(whole)
        if self._http is None:
            self._http = self._open_http()
        async with self._limit:
            try:
                async with self._http.stream(
                    method, whole, headers=headers, content=body, timeout=TIMEOUT
                ) as answer:
                    self._reached.add(host)
                    yield answer
            except (httpx2.HTTPError, httpx2.StreamError) as error:
                if not isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout)):
                    self._reached.add(host)
                kind = StoreUnreachableError if host in self._reached else StoreUnavailableError
                raise kind(
                    f"the transfer with the store at {host} broke off"
                    f" ({str(error) or type(error).__name__})"
                ) from error


async def _is_there(answer: httpx2.Response) -> bool:
    """Say whether a request to create was refused because there is an object."""
    if answer.status_code in {409, 412}:
        return True
    # Azure asks whether the request may replace the object, and it may not.
    refusal = Refusal.read(await answer.aread())
    return answer.status_code == 403 and refusal.code == "UnauthorizedBlobOverwrite"


async def _refuse(answer: httpx2.Response) -> None:
    """Raise what a failed answer of the store means."""
    if answer.is_success:
        return
    host = answer.request.url.netloc.decode()
    refusal = Refusal.read(await answer.aread())
    why = f": {refusal.detail}" if refusal.detail else ""
    said = f"the store at {host} answers HTTP {answer.status_code}{why}"
    if refusal.is_for_lack_of_room:
        raise StoreHasNoRoomError(said)
    if refusal.is_archived:
        raise ObjectArchivedError(f"{said} (it must be restored first)")
    if answer.status_code in {401, 403, 404, 409, 412}:
        # A moved object is under its new key, and a new link leads there; where an earlier
        # request has left something, a new link leads past it.
        raise LinkExpiredError(
            f"{said} (an expired link, a moved object, or a wrong clock{_lost(answer)})",
            is_missing=answer.status_code == 404,
        )
    if answer.status_code == 416:
        raise ObjectChangedError(f"{said} (it became shorter meanwhile: fetch it again)")
    if answer.status_code in {502, 504}:
        raise StoreUnreachableError(f"{said} (what stands before it does not reach it)")
    raise StoreUnavailableError(said)


def _lost(answer: httpx2.Response) -> str:
    if answer.status_code != 404 or answer.request.method != "GET":
        return ""
    return "; if it is lost, an operator brings it back: `keyshelf recover`"


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _total(answer: httpx2.Response, asked: Slice) -> int:
    """Return the size of the whole object, having checked that the range is the one asked for."""
    given = answer.headers.get("Content-Range")
    if given is None:
        # Without the header it is the whole object. The status does not tell: some
        # servers answer a range with 200.
        if asked.offset:
            raise StoreUnavailableError("the store does not give ranges of objects")
        return int(answer.headers.get("Content-Length", asked.size))
    span, _, total = given.removeprefix("bytes ").partition("/")
    if span != f"{asked.offset}-{asked.offset + asked.size - 1}" or not total.isdecimal():
        raise ObjectChangedError(f"the store gives the range {given!r}: the object changed")
    return int(total)


def _write(descriptor: int, data: bytes, position: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, position)
        view, position = view[written:], position + written
