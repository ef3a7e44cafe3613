"""A real server keeps what it has of a broken request: a resumed upload trusts none of it."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.api.test_on_cloud_stores import settings_of
from tests.cli.conftest import Keyshelf, StartChild
from tests.database import NewDatabase
from tests.patience import PATIENCE
from tests.served import PART_BYTES, Served, serve
from tests.servers.s3 import S3Server

PIECE = 64 * 1024


class StallingLine:
    """A line to a server that passes so many bytes of a request and then no more."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        self._server = (parts.hostname or "", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_stalled = threading.Event()
        self._is_cut = threading.Event()
        self._passes: int | None = None
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def stall_after(self, count: int) -> None:
        """Let each connection bring `count` bytes at most."""
        self._is_stalled.clear()
        self._is_cut.clear()
        self._passes = count

    def wait_until_stalled(self) -> None:
        """Wait until a request hangs in its middle."""
        assert self._is_stalled.wait(PATIENCE), "no request came so far"

    def cut(self) -> None:
        """Break off what hangs, and let everything pass from here on."""
        self._passes = None
        self._is_cut.set()

    def close(self) -> None:
        """Take no more connections."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed: the test is over
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                for pump in (self._to_server, self._to_client):
                    threading.Thread(target=pump, args=(client, server), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        passed = 0
        with suppress(OSError):
            while data := client.recv(PIECE):
                server.sendall(data)
                passed += len(data)
                if self._passes is not None and passed >= self._passes:
                    self._is_stalled.set()
                    self._is_cut.wait(PATIENCE)
                    break
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(PIECE):
                client.sendall(data)
        client.close()
        server.close()


@pytest.fixture(scope="module")
def line(versitygw_server: S3Server) -> Iterator[StallingLine]:
    line = StallingLine(versitygw_server.endpoint)
    yield line
    line.close()


@pytest.fixture(scope="module")
def served(
    versitygw_server: S3Server,
    line: StallingLine,
    new_database: NewDatabase,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    environment = settings_of(versitygw_server.new_bucket())
    environment["SOURCE_S3_PUBLIC_ENDPOINT"] = line.url
    folder = tmp_path_factory.mktemp("versitygw-drive")
    with new_database() as database_url, serve(database_url, folder, environment) as service:
        yield service


@pytest.fixture(params=[3 * PART_BYTES - 1000, PART_BYTES], ids=["parts", "one-put"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "source.bin"
    path.write_bytes(os.urandom(request.param))
    return path


def test_an_upload_killed_in_the_middle_of_a_body_ends_byte_equal(
    keyshelf: Keyshelf, start: StartChild, line: StallingLine, folder: str, source: Path
) -> None:
    line.stall_after(PART_BYTES // 2)
    child = start("put", source, folder)
    line.wait_until_stalled()
    child.kill()
    line.cut()

    again = keyshelf("put", source, folder)

    back = source.with_suffix(".back")
    assert again.code == 0, again.err
    assert keyshelf("get", f"{folder}/source.bin", back).code == 0
    assert back.read_bytes() == source.read_bytes()
