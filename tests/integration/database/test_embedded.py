"""The embedded PostgreSQL: shared by its users, and mended after a crash."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from keyshelf.database.embedded import (
    EmbeddedOptions,
    EmbeddedPostgres,
    EmbeddedPostgresError,
    ForeignDataFolderError,
)
from tests.database import SERVER_FOR_TESTS

pytestmark = [pytest.mark.anyio, pytest.mark.services]

START_AND_WAIT = """
import anyio, sys
from pathlib import Path
from keyshelf.database.embedded import EmbeddedPostgres

async def main():
    server = await EmbeddedPostgres.start(Path(sys.argv[1]))
    print(server.url, flush=True)
    await anyio.sleep_forever()

anyio.run(main)
"""


def is_running(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def postmaster(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


async def test_data_outlives_a_stop(server_folder: Path) -> None:
    async with await EmbeddedPostgres.start(server_folder, SERVER_FOR_TESTS) as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    assert not is_running(server.url)

    async with await EmbeddedPostgres.start(server_folder, SERVER_FOR_TESTS) as server:
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)


async def test_the_last_user_stops_it(server_folder: Path) -> None:
    first = await EmbeddedPostgres.start(server_folder, SERVER_FOR_TESTS)
    second = await EmbeddedPostgres.start(server_folder, SERVER_FOR_TESTS)
    assert first.url == second.url

    await first.stop()
    await first.stop()
    assert is_running(second.url)

    await second.stop()
    assert not is_running(second.url)


async def test_a_killed_user_leaves_it_to_the_next(server_folder: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, str(server_folder)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    url = child.stdout.readline().decode().strip()
    child.kill()
    child.communicate()
    assert is_running(url)

    async with await EmbeddedPostgres.start(server_folder, SERVER_FOR_TESTS) as server:
        assert is_running(server.url)
    assert not is_running(url)


async def test_a_killed_server_recovers(server_folder: Path) -> None:
    first = await EmbeddedPostgres.start(server_folder)
    with psycopg.connect(first.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    os.kill(postmaster(server_folder), signal.SIGKILL)

    async with await EmbeddedPostgres.start(server_folder) as second:
        with psycopg.connect(second.url) as connection:
            assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)
        await first.stop()


async def test_a_process_number_that_is_another_program_s_by_now_is_no_server(
    server_folder: Path,
) -> None:
    async with await EmbeddedPostgres.start(server_folder, SERVER_FOR_TESTS):
        stale = (server_folder / "data" / "postmaster.pid").read_text().splitlines()
    (server_folder / "data" / "postmaster.pid").write_text("\n".join(["1", *stale[1:]]) + "\n")

    async with await EmbeddedPostgres.start(server_folder, SERVER_FOR_TESTS) as server:
        assert is_running(server.url)


async def test_a_long_path_is_no_hindrance(server_folder: Path) -> None:
    folder = server_folder / ("long name " * 12).strip()

    async with await EmbeddedPostgres.start(folder, SERVER_FOR_TESTS) as server:
        assert is_running(server.url)


async def test_a_refused_start_says_what_the_server_said(server_folder: Path) -> None:
    options = EmbeddedOptions(durable=False, settings={"shared_buffers": "plenty"})

    with pytest.raises(EmbeddedPostgresError, match="shared_buffers"):
        await EmbeddedPostgres.start(server_folder, options)


async def test_data_of_another_version_is_left_alone(server_folder: Path) -> None:
    (server_folder / "data").mkdir()
    (server_folder / "data" / "PG_VERSION").write_text("16\n")

    with pytest.raises(ForeignDataFolderError, match="16"):
        await EmbeddedPostgres.start(server_folder, SERVER_FOR_TESTS)
