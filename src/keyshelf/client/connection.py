"""Sends one request to the API and reads its answer: the only place that knows HTTP statuses."""

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

import anyio
import httpx2

from keyshelf.client import failures
from keyshelf.client.failures import ServiceUnreachableError, UnexpectedAnswerError
from keyshelf.client.retrying import RetryOptions, retrying
from keyshelf.client.wire import JSON, loads

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Parameters = Mapping[str, str | Sequence[str] | int | bool | None]

API_TIMEOUT = httpx2.Timeout(60.0, connect=5.0)
"""Answers come within a minute; whoever listens accepts within seconds."""
LONG_TIMEOUT = httpx2.Timeout(60.0, connect=5.0, read=3600.0)
"""For an answer that a service works on for as long as much is new to it."""

_AWAY = frozenset({502, 503, 504})
"""What proxies answer while nothing is behind them."""

API_RETRY = RetryOptions(attempts=4, first_wait=0.2, longest_wait=2.0)
"""A restart of the service is waited for; whoever mistyped the address is told in a second."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer: its status, and its JSON where it has any."""

    status: int
    body: JSON


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request to send, once or several times."""

    method: Method
    path: str
    params: Parameters | None = None
    json: Mapping[str, JSON] | None = None
    pieces: Sequence[bytes] | None = None
    headers: Mapping[str, str] | None = None
    timeout: httpx2.Timeout = field(default_factory=lambda: API_TIMEOUT)


class Connection:
    """One service, reached with one token.

    Requests that are safe to repeat are repeated while the service does not
    answer, patiently once it has answered anything; others are sent once.
    Whatever is wrong comes as an `Error`.
    """

    def __init__(
        self,
        http: httpx2.AsyncClient,
        *,
        retry: RetryOptions | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._http = http
        self._retry = retry or API_RETRY
        self._sleep = sleep
        self._was_reached = False

    @property
    def url(self) -> str:
        """The address of the service, without a slash at its end."""
        return str(self._http.base_url).rstrip("/")

    async def request(
        self,
        method: Method,
        path: str,
        *,
        params: Parameters | None = None,
        body: Mapping[str, JSON] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        """Send a request and return its answer.

        `repeatable` says that sending it twice does no more than once; reads,
        PUT and DELETE are so by themselves. Raises `RemoteError` of the right
        category for a problem document, `ServiceUnreachableError` when nothing
        answers, `UnexpectedAnswerError` for what is not Keyshelf's.
        """
        asked = _Asked(method, path, params=params, json=body, headers=headers)
        response = await self._patiently(asked, repeatable=repeatable)
        if not response.content:
            return Answer(response.status_code, None)
        return Answer(response.status_code, _json(self.url, response.content))

    async def exchange(
        self,
        method: Method,
        path: str,
        *,
        params: Parameters | None = None,
        body: Mapping[str, JSON] | None = None,
        pieces: Sequence[bytes] | None = None,
        timeout: httpx2.Timeout = API_TIMEOUT,
        repeatable: bool | None = None,
    ) -> bytes:
        """Send a request, whose body may be the bytes of `pieces`, and return the answer's.

        Each piece has its own time to be sent, however slow the line. Raises as `request`
        does.
        """
        asked = _Asked(method, path, params=params, json=body, pieces=pieces, timeout=timeout)
        return (await self._patiently(asked, repeatable=repeatable)).content

    async def _patiently(self, asked: "_Asked", *, repeatable: bool | None) -> httpx2.Response:
        async def once() -> httpx2.Response:
            return await self._send(asked)

        if repeatable if repeatable is not None else asked.method in {"GET", "PUT", "DELETE"}:
            options = self._retry if self._was_reached else replace(self._retry, patience=0.0)
            return await retrying(once, options=options, sleep=self._sleep)
        return await once()

    async def _send(self, asked: "_Asked") -> httpx2.Response:
        given = {name: value for name, value in (asked.params or {}).items() if value is not None}
        headers, content = dict(asked.headers or {}), None
        if asked.pieces is not None:
            headers["Content-Length"] = str(sum(map(len, asked.pieces)))
            content = _each(asked.pieces)
        with _translated(self.url):
            response = await self._http.request(
                asked.method,
                asked.path,
                params=given,
                json=asked.json,
                content=content,
                headers=headers,
                timeout=asked.timeout,
            )
        self._was_reached |= response.status_code not in _AWAY
        _refuse_failure(response)
        return response

    @asynccontextmanager
    async def events(self, path: str) -> AsyncGenerator[AsyncIterator[JSON]]:
        """Listen to a stream of server-sent events; each event's data is one document.

        The stream may break off at any time, which ends the iteration with
        `ServiceUnreachableError`.
        """
        timeout = httpx2.Timeout(5.0, read=60.0)
        with _translated(self.url):
            async with self._http.sse(path, timeout=timeout) as source:
                if source.response.is_error:
                    await source.response.aread()
                    _refuse_failure(source.response)
                yield self._documents(source)

    async def _documents(self, source: httpx2.EventSource) -> AsyncIterator[JSON]:
        with _translated(self.url):
            async for event in source:
                if event.data:
                    yield loads(event.data)


async def _each(pieces: Sequence[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@contextmanager
def _translated(url: str) -> Generator[None]:
    """Turn the HTTP library's errors into ours."""
    try:
        yield
    except httpx2.TimeoutException as error:
        raise ServiceUnreachableError(
            f"Keyshelf at {url} does not answer in time; try again later"
        ) from error
    except (httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.ProxyError) as error:
        raise ServiceUnreachableError(
            f"cannot reach Keyshelf at {url} ({_reason(error)}):"
            " start it with `keyshelf up`, or set KEYSHELF_URL to where it runs"
        ) from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise UnexpectedAnswerError(
            f"{url} is not the address of a Keyshelf service ({_reason(error)})"
        ) from error


def _json(url: str, content: bytes) -> JSON:
    try:
        return loads(content)
    except UnexpectedAnswerError as error:
        raise UnexpectedAnswerError(
            f"what answers at {url} is not JSON: is KEYSHELF_URL the address of a Keyshelf service?"
        ) from error


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _refuse_failure(response: httpx2.Response) -> None:
    if response.is_success:
        return
    retry_after = _retry_after(response.headers)
    try:
        problem = loads(response.content)
    except UnexpectedAnswerError:
        problem = None
    if not isinstance(problem, Mapping):
        said = f"{response.request.url.host} answers HTTP {response.status_code}"
        if response.status_code in _AWAY:
            raise ServiceUnreachableError(
                f"{said} and no Keyshelf behind it: start it, or try again later",
                retry_after=retry_after,
            )
        raise UnexpectedAnswerError(
            f"{said} without a problem document: is KEYSHELF_URL the address of a Keyshelf service?"
        )
    raise failures.from_problem(response.status_code, problem, retry_after=retry_after)


def _retry_after(headers: httpx2.Headers) -> float | None:
    given = headers.get("Retry-After", "")
    return float(given) if given.isdecimal() else None
