"""What clients of this process send: noted, counted, and cut off where a test says so."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2
import pytest

_send = httpx2.AsyncClient.send


class CutOffError(Exception):
    """The end of a client, which sends nothing any more: as if its process were killed."""


@dataclass
class Wire:
    """Between all clients of this process and whatever they ask."""

    requests: int = 0
    sent_bytes: int = 0
    """Bytes of the bodies of requests, those that were cut off counted whole."""
    _dies_at: int | None = None
    _loses: Callable[[httpx2.Request], bool] = field(default=lambda _: False)
    _lost: int = 0
    _has_lost: anyio.Event = field(default_factory=anyio.Event)

    @classmethod
    def of(cls, monkeypatch: pytest.MonkeyPatch) -> "Wire":
        """Put a wire where there is none."""
        wire = cls()

        async def send(
            client: httpx2.AsyncClient,
            request: httpx2.Request,
            **options: Any,  # passed on
        ) -> httpx2.Response:
            return await wire._pass(client, request, options)

        monkeypatch.setattr(httpx2.AsyncClient, "send", send)
        return wire

    @contextmanager
    def dying_at(self, number: int) -> Generator[None]:
        """Cut off the client at one of its next requests: it is done, and nobody hears of it."""
        self._dies_at = self.requests + number
        try:
            yield
        finally:
            self._dies_at = None

    @contextmanager
    def losing(self, which: Callable[[httpx2.Request], bool]) -> Generator[None]:
        """Leave requests that `which` picks without an answer, and never send them on."""
        self._loses, self._lost = which, 0
        try:
            yield
        finally:
            self._loses = lambda _: False

    async def wait_until_lost(self, count: int) -> None:
        """Wait until so many requests were left without an answer."""
        while self._lost < count:
            self._has_lost = anyio.Event()
            await self._has_lost.wait()

    async def _pass(
        self, client: httpx2.AsyncClient, request: httpx2.Request, options: dict[str, Any]
    ) -> httpx2.Response:
        self.requests += 1
        number = self.requests
        if self._dies_at is not None and number > self._dies_at:
            raise CutOffError
        self.sent_bytes += int(request.headers.get("Content-Length", 0))
        if self._loses(request):
            self._lost += 1
            self._has_lost.set()
            await anyio.sleep_forever()
        answer = await _send(client, request, **options)
        if number == self._dies_at:
            await answer.aclose()
            raise CutOffError
        return answer
