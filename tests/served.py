"""The real service on real ports, for tests of what stands on its HTTP interface.

It runs in a thread with an event loop of its own and notes every request. It can
hold requests back, so that a test interrupts a transfer at an exact point, and
spoil their answers, as networks and stores do.
"""

import socket
import threading
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Generator,
    Iterator,
    Mapping,
    MutableMapping,
)
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs

import anyio
import pytest
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal

from keyshelf.api.main import private, public
from keyshelf.app.service import Keyshelf, open_keyshelf
from keyshelf.app.workers import make_worker
from keyshelf.settings import load
from keyshelf.store.base import MIN_PART_BYTES, ObjectStore
from tests.database import NewDatabase
from tests.patience import PATIENCE

PART_BYTES = MIN_PART_BYTES
"""The smallest part that stores take: files above it go in parts."""

# ASGI leaves the values of its messages open.
Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


@dataclass(frozen=True)
class Noted:
    """A request that was answered."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    has_token: bool

    @property
    def part_number(self) -> int | None:
        """The number of the part that it sent, if it sent one."""
        numbers = self.query.get("part")
        return int(numbers[0]) if numbers else None

    @property
    def is_transfer(self) -> bool:
        """Whether it moved bytes of an object."""
        return self.path.startswith("/signed/")


@dataclass(frozen=True)
class Answered:
    """A request, the range that it asked for, and whether its answer went out whole."""

    request: Noted
    asked_range: str
    is_whole: bool


@dataclass
class Traffic:
    """The requests of a service: what was answered, and which are held back."""

    portal: BlockingPortal
    answered: list[Answered] = field(default_factory=list[Answered])
    _news: threading.Condition = field(default_factory=threading.Condition)
    _holds: Callable[[Noted], bool] = field(default=lambda _: False)
    _holds_answers: bool = False
    _drops: bool = False
    _spoils: Callable[[Noted], bool] = field(default=lambda _: False)
    _spoils_left: int = 0
    _spoils_with: int | None = None
    transfers_now: int = 0
    most_transfers: int = 0
    """How many requests moved bytes of objects at once."""
    _is_holding: threading.Event = field(default_factory=threading.Event)
    _released: anyio.Event = field(default_factory=anyio.Event)

    def finished(self, method: str) -> list[Noted]:
        """Return the requests that moved bytes of objects, to their end."""
        return [
            each.request
            for each in self.answered
            if each.is_whole and each.request.is_transfer and each.request.method == method
        ]

    def ranges(self) -> list[str]:
        """Return the ranges that were fetched to their end, as they were spelled."""
        return [
            each.asked_range
            for each in self.answered
            if each.is_whole and each.request.is_transfer and each.request.method == "GET"
        ]

    def wait_until_answered(self, which: Callable[[Noted], bool]) -> None:
        """Wait until a request that `which` picks was answered."""
        with self._news:
            came = self._news.wait_for(
                lambda: any(which(each.request) for each in self.answered), PATIENCE
            )
        assert came, "a request that was to be answered was not"

    @contextmanager
    def holding(self, which: Callable[[Noted], bool], *, answers: bool = False) -> Generator[None]:
        """Hold back the requests that `which` picks, or their answers, until the block ends."""
        self._is_holding.clear()
        self._released = self.portal.call(_new_event)
        self._holds, self._holds_answers, self._drops = which, answers, False
        try:
            yield
        finally:
            self._holds = lambda _: False
            self.portal.call(self._released.set)

    def drop_held(self) -> None:
        """Refuse what is held back when it is released: whoever sent it is gone."""
        self._drops = True

    def wait_until_holding(self) -> None:
        """Wait until a request is held back."""
        assert self._is_holding.wait(PATIENCE), "no request came that was to be held back"

    @contextmanager
    def spoiling(
        self, which: Callable[[Noted], bool], *, times: int, status: int | None = None
    ) -> Generator[None]:
        """Answer the first requests that `which` picks with `status`, or break off in the body."""
        self._spoils, self._spoils_left, self._spoils_with = which, times, status
        try:
            yield
        finally:
            self._spoils_left = 0

    def wrap(self, app: Application) -> Application:
        """Return the application with its requests noted and held."""

        async def noting(scope: Scope, receive: Any, send: Any) -> None:  # ASGI's own openness
            headers = dict(scope.get("headers", []))
            request = _note(scope, headers)
            is_held, released = self._holds(request), self._released
            if is_held and not self._holds_answers:
                self._is_holding.set()
                await released.wait()
                if self._drops:
                    await _refuse(503, send)
                    return
            is_spoiled = self._spoils_left > 0 and self._spoils(request)
            self._spoils_left -= is_spoiled
            is_whole = False

            async def send_on(message: Any) -> None:
                nonlocal is_whole
                if is_held and self._holds_answers:
                    self._is_holding.set()
                    await released.wait()
                if is_spoiled and message["type"] == "http.response.body":
                    await send({**message, "body": message["body"][:1000], "more_body": True})
                    raise ConnectionAbortedError
                await send(message)
                is_body = message["type"] == "http.response.body"
                is_whole = is_body and not message.get("more_body", False)

            self.transfers_now += request.is_transfer
            self.most_transfers = max(self.most_transfers, self.transfers_now)
            try:
                if is_spoiled and self._spoils_with is not None:
                    await _refuse(self._spoils_with, send)
                else:
                    await app(scope, receive, send_on)
            except ConnectionAbortedError:
                assert is_spoiled
            finally:
                self.transfers_now -= request.is_transfer
            with self._news:
                asked = headers.get(b"range", b"").decode()
                self.answered.append(Answered(request, asked, is_whole))
                self._news.notify_all()

        return noting


def _note(scope: Scope, headers: Mapping[bytes, bytes]) -> Noted:
    return Noted(
        method=scope.get("method", ""),
        path=scope.get("path", ""),
        query=parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True),
        has_token=b"authorization" in headers,
    )


async def _refuse(status: int, send: Any) -> None:
    length = (b"content-length", b"0")
    await send({"type": "http.response.start", "status": status, "headers": [length]})
    await send({"type": "http.response.body", "body": b""})


async def _new_event() -> anyio.Event:
    return anyio.Event()


@dataclass(frozen=True)
class Served:
    """A service that serves."""

    url: str
    admin_url: str
    token: str
    bucket: Path
    traffic: Traffic
    service: Keyshelf
    portal: BlockingPortal
    """Calls what belongs to the service where it runs."""

    def environment(self, home: Path) -> dict[str, str]:
        """Return the settings with which a program of its own home uses the service."""
        return {
            "KEYSHELF_URL": self.url,
            "KEYSHELF_ADMIN_URL": self.admin_url,
            "KEYSHELF_TOKEN": self.token,
            "KEYSHELF_DATA": str(home / "data"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
        }


@pytest.fixture(scope="session")
def served(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with a worker, on a fresh database and disk stores."""
    folder = tmp_path_factory.mktemp("served")
    with new_database() as database_url, serve(database_url, folder) as service:
        yield service


@contextmanager
def serve(
    database_url: str,
    folder: Path,
    environment: Mapping[str, str] = MappingProxyType({}),
    *,
    around: Callable[[ObjectStore], ObjectStore] = lambda store: store,
) -> Generator[Served]:
    """A service with a worker; `environment` holds settings beside those of the fixture.

    Requests reach the store of repositories through what `around` makes of it.
    """
    with start_blocking_portal() as portal:
        serving = _serving(database_url, folder, portal, environment, around)
        with portal.wrap_async_context_manager(serving) as service:
            yield service


@asynccontextmanager
async def _serving(
    database_url: str,
    folder: Path,
    portal: BlockingPortal,
    environment: Mapping[str, str],
    around: Callable[[ObjectStore], ObjectStore],
) -> AsyncGenerator[Served]:
    public_socket, private_socket = _listen(), _listen()
    port, admin_port = public_socket.getsockname()[1], private_socket.getsockname()[1]
    no_config = folder / "config.toml"
    no_config.touch()
    settings = load(
        {
            "KEYSHELF_CONFIG": str(no_config),
            "KEYSHELF_DATA": str(folder / "data"),
            "KEYSHELF_PORT": str(port),
            "KEYSHELF_ADMIN_PORT": str(admin_port),
            "DATABASE_URL": database_url,
            **environment,
        }
    )
    traffic = Traffic(portal)
    async with open_keyshelf(settings) as opened, anyio.create_task_group() as group:
        service = _with_repositories_in(_for_tests(opened), around)
        worker = make_worker(service)
        group.start_soon(worker.run)
        servers = [
            (_server(traffic.wrap(public(service))), public_socket),
            (_server(private(service)), private_socket),
        ]
        for server, bound in servers:
            group.start_soon(server.serve, [bound])
        while not all(server.started for server, _ in servers):
            await anyio.sleep(0.01)
        assert service.local_token
        yield Served(
            url=f"http://127.0.0.1:{port}",
            admin_url=f"http://127.0.0.1:{admin_port}",
            token=service.local_token,
            bucket=folder / "data/stores/source",
            traffic=traffic,
            service=service,
            portal=portal,
        )
        worker.stop()
        for server, _ in servers:
            server.should_exit = True


def _for_tests(service: Keyshelf) -> Keyshelf:
    """Have small parts, and answer a change only once it is complete."""
    options = replace(
        service.drive.options,
        single_put_bytes=PART_BYTES,
        part_bytes=PART_BYTES,
        wait_for_moves=timedelta(seconds=PATIENCE),
    )
    return replace(service, drive=replace(service.drive, options=options))


def _with_repositories_in(
    service: Keyshelf, around: Callable[[ObjectStore], ObjectStore]
) -> Keyshelf:
    store = around(service.repositories.store)
    if local := service.local_stores.get("repository"):
        service.local_stores["repository"] = replace(local, store=store)
    return replace(service, repositories=replace(service.repositories, store=store))


def _listen() -> socket.socket:
    bound = socket.create_server(("127.0.0.1", 0), backlog=256)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as the service does
    return bound


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def _server(app: Application) -> _Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    return _Server(config)
