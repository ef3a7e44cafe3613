"""A real Redis for the tests, on a free port, gone with the test that asked for it."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from tests.patience import PATIENCE
from tests.servers.process import free_port

# Our end of the pipe closes with us, so that a killed run leaves no server behind.
_UNTIL_WE_END = '"$@" & cat >/dev/null; kill -9 $!; wait $!; exit 0'


@dataclass
class RedisServer:
    """A Redis of our own, which may be stopped, started and emptied."""

    folder: Path
    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        if self._process is not None:
            return
        options = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
        command = ["redis-server", "--port", str(self.port), "--dir", str(self.folder), *options]
        self._process = subprocess.Popen(
            ["sh", "-c", _UNTIL_WE_END, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline, "redis-server does not start"
            time.sleep(0.01)

    def stop(self) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def flush(self) -> None:
        with redis.Redis(port=self.port) as client:
            client.flushall()  # pyright: ignore[reportUnknownMemberType] -- half typed

    def _answers(self) -> bool:
        try:
            with redis.Redis(port=self.port) as client:
                return client.get("anything") is None
        except redis.ConnectionError:
            return False


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """The Redis of this run; ask for `redis_server`, which is empty."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is NOT INSTALLED: nothing here is proved on Redis")
    server = RedisServer(tmp_path_factory.mktemp("redis"), free_port())
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def redis_server(shared_redis: RedisServer) -> RedisServer:
    """A running, empty Redis."""
    shared_redis.start()
    shared_redis.flush()
    return shared_redis
