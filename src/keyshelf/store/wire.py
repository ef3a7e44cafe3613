"""Signed HTTP requests to a store: bounded waits, retries, one kind of failure."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import httpx2

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.bodies import SizedBody
from keyshelf.store.cloud_failures import RETRIED_STATUSES
from keyshelf.store.retrying import ATTEMPTS, OVERLOADED_STATUSES, Retries, pause
from keyshelf.store.unanswered import reason, unanswered

_CONNECT_SECONDS, _READ_SECONDS = 3.0, 30.0
_CONNECTIONS = 64
_ERROR_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Call:
    """A request before it is signed. Header names are in lower case."""

    method: str
    target: str
    """Path and query, encoded: sent byte for byte, no dot segment is resolved."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | SizedBody = b""
    key: ObjectKey | None = None
    """The object that it is about."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Sign = Callable[[Call], Awaitable[Mapping[str, str]]]
"""Returns all headers of a call, those that prove who we are included."""


class Wire:
    """The connections to one origin, kept open between requests."""

    def __init__(self, origin: str, sign: Sign, retries: Retries) -> None:
        self._origin = origin
        self._sign = sign
        self._retries = retries
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
            # Reading the certificates takes a while, and plain HTTP verifies nothing anyway.
            verify=not origin.startswith("http:"),
            limits=httpx2.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS
            ),
        )
        # A client's own headers would ask for compressed bodies, and none of them is signed.
        self._client.headers = httpx2.Headers({"accept": "*/*", "user-agent": "keyshelf"})

    async def send(self, call: Call, *, attempts: int = ATTEMPTS) -> Answer:
        """Make a request and read its whole answer, which must be small.

        Connections that fail and answers that ask for patience are tried again, as far
        as the store's `Retries` allow.
        Raises `StoreUnavailableError` when no answer came at all; the request may
        have happened.
        """
        self._retries.asked()
        for attempt in range(attempts):
            is_last = attempt + 1 == attempts
            try:
                async with self._stream(call) as response:
                    body = await response.aread()
                    answer = Answer(response.status_code, _headers(response), body)
            except httpx2.HTTPError as error:
                if is_last or not self._retries.may_retry():
                    raise unanswered(self._origin, reason(error)) from error
            else:
                is_final = is_last or answer.status not in RETRIED_STATUSES
                if is_final or not self._retries.may_retry():
                    return answer
            await pause(attempt)
        raise AssertionError

    @asynccontextmanager
    async def open(self, call: Call) -> "AsyncGenerator[Incoming]":
        """Make a request once and give its answer while the body still comes."""
        self._retries.asked()
        try:
            async with self._stream(call) as response:
                yield Incoming(self._origin, response)
        except httpx2.HTTPError as error:
            raise unanswered(self._origin, reason(error)) from error

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    @asynccontextmanager
    async def _stream(self, call: Call) -> AsyncGenerator[httpx2.Response]:
        headers = dict(await self._sign(call))
        content: bytes | AsyncIterator[bytes] | None = None
        if isinstance(call.body, SizedBody):
            headers["content-length"] = str(call.body.size)
            content = call.body.pieces()
        elif call.body or call.method in {"PUT", "POST"}:
            headers["content-length"] = str(len(call.body))
            content = call.body or None
        request = self._client.build_request(
            call.method,
            self._origin,
            headers=headers,
            content=content,
            extensions={"target": call.target.encode()},
        )
        response = await self._client.send(request, stream=True)
        if response.status_code in OVERLOADED_STATUSES:
            self._retries.overloaded(call.method, call.key)
        try:
            yield response
        finally:
            with anyio.CancelScope(shield=True):
                await response.aclose()


class Incoming:
    """An answer whose body is still on its way."""

    def __init__(self, origin: str, response: httpx2.Response) -> None:
        self._origin = origin
        self._response = response
        self.status = response.status_code
        self.headers = _headers(response)

    async def error_body(self) -> bytes:
        """Return the body of a failure, cut at a bound."""
        body = b""
        async for piece in self._response.aiter_raw():
            body += piece
            if len(body) > _ERROR_BYTES:
                break
        return body

    async def pieces(self, size: int) -> AsyncIterator[bytes]:
        """Give the body in pieces of `size` bytes. Raises `StoreUnavailableError` if it is cut."""
        try:
            async for piece in self._response.aiter_raw(size):
                yield piece
        except httpx2.HTTPError as error:
            raise unanswered(self._origin, reason(error)) from error


def _headers(response: httpx2.Response) -> Mapping[str, str]:
    return {
        name.decode("ascii").lower(): value.decode("utf-8", errors="replace")
        for name, value in response.headers.raw
    }
