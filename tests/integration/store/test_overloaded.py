"""A server that says that it is too much, or breaks off, over real HTTP."""

import threading
from collections.abc import AsyncGenerator, Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Condition, NewObject, ObjectStore, PutOptions
from keyshelf.store.errors import ObjectChangedError, StoreUnavailableError
from keyshelf.store.opening import StoreOptions, open_store
from keyshelf.store.retrying import ATTEMPTS

pytestmark = pytest.mark.anyio

PLAIN, ODD = ObjectKey("v1/chunks/aa/bb/c"), ObjectKey("a//b/")
BODY = bytes(range(256)) * 8192
_SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>"


class OverloadedServer(ThreadingHTTPServer):
    """Answers as S3 does, but fails as often as it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refusals = 0
        self.breaks = 0
        self.etags = ["one"]
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: OverloadedServer  # pyright: ignore[reportIncompatibleVariableOverride] -- it serves no other

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        del code, size

    def _answer(self, status: int, body: bytes, *, sent: int | None = None, **more: str) -> None:
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])
        if sent is not None:
            self.wfile.flush()
            self.connection.shutdown(SHUT_RDWR)
            self.close_connection = True

    def do_GET(self) -> None:
        if "tagging" in self.path:
            self._answer(200, b"<Tagging/>")
            return
        self.server.asked.append("GET")
        if self.server.refusals:
            self.server.refusals -= 1
            self._answer(503, _SLOW_DOWN)
            return
        known = self.headers.get("if-match")
        etag = self.server.etags[-1]
        if known is not None and known != f'"{etag}"':
            self._answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
            return
        asked = self.headers.get("range")
        start = int((asked or "bytes=0-")[6:].partition("-")[0])
        found = {"etag": f'"{etag}"', "last_modified": "Mon, 23 Nov 2026 03:41:19 GMT"}
        if asked:
            found["content_range"] = f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"
        is_broken = self.server.breaks > 0
        self.server.breaks -= is_broken
        self._answer(
            206 if asked else 200, BODY[start:], sent=300_000 if is_broken else None, **found
        )

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append("PUT")
        if self.server.refusals:
            self.server.refusals -= 1
            self._answer(503, _SLOW_DOWN)
        else:
            self._answer(200, b"", etag='"one"', date="Mon, 23 Nov 2026 03:41:19 GMT")


@pytest.fixture
def server() -> Generator[OverloadedServer]:
    with OverloadedServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def options(server: OverloadedServer) -> StoreOptions:
    endpoint = f"http://127.0.0.1:{server.server_port}"
    return StoreOptions("b", endpoint=endpoint, access_key="a", secret_key="s")


@pytest.fixture
async def store(options: StoreOptions) -> AsyncGenerator[ObjectStore]:
    store = await open_store(options)
    yield store
    await store.aclose()


async def read(store: ObjectStore, key: ObjectKey) -> bytes:
    async with await store.get(key) as reader:
        return b"".join([piece async for piece in reader])


@pytest.mark.parametrize("key", [PLAIN, ODD], ids=["by obstore", "by wire"])
async def test_a_write_that_is_too_much_is_repeated_and_told(
    server: OverloadedServer, options: StoreOptions, store: ObjectStore, key: ObjectKey
) -> None:
    told = list[tuple[str, ObjectKey | None]]()
    options.retries.watch(lambda method, about: told.append((method, about)))
    server.refusals = 2

    await store.put(key, b"x")

    assert told == [("PUT", key)] * 2
    server.refusals, server.asked = 99, []
    with pytest.raises(StoreUnavailableError):
        await store.put(key, b"x")
    assert server.asked == ["PUT"] * ATTEMPTS


@pytest.mark.parametrize("condition", list(Condition), ids=lambda condition: condition.value)
async def test_repetitions_do_not_multiply(
    server: OverloadedServer, store: ObjectStore, condition: Condition
) -> None:
    server.refusals = 99

    with pytest.raises(StoreUnavailableError):
        await store.put_many([NewObject(PLAIN, b"x", PutOptions(condition=condition))])

    assert len(server.asked) == ATTEMPTS


@pytest.mark.parametrize("key", [PLAIN, ODD], ids=["by obstore", "by wire"])
async def test_without_a_budget_a_failure_is_told_at_once(
    server: OverloadedServer, options: StoreOptions, store: ObjectStore, key: ObjectKey
) -> None:
    while options.retries.may_retry():
        pass
    server.refusals = 99

    with pytest.raises(StoreUnavailableError, match="SlowDown"):
        await store.put(key, b"x")

    assert server.asked == ["PUT"]


async def test_an_object_is_read_on_where_it_broke_off(
    server: OverloadedServer, store: ObjectStore
) -> None:
    server.breaks = 2

    assert await read(store, PLAIN) == BODY

    assert server.asked == ["GET"] * 3
    server.breaks = 99
    with pytest.raises(StoreUnavailableError):
        await read(store, PLAIN)


async def test_another_object_is_not_read_on(server: OverloadedServer, store: ObjectStore) -> None:
    server.breaks = 1
    async with await store.get(PLAIN) as reader:
        server.etags.append("two")
        with pytest.raises(ObjectChangedError):
            await reader.read()
