import os
import signal
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
from anyio.abc import Process

from keyshelf.media.images.failures import (
    RenderBrokenError,
    RenderDiedError,
    RendersBusyError,
)
from keyshelf.media.images.pool import RenderPool
from keyshelf.media.images.values import RenderOptions
from tests.integration.media.images.pictures import jpeg, plan, quarters
from tests.integration.media.images.test_hostile import SLOW

pytestmark = pytest.mark.anyio


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "a [n=-1] name.jpg"
    path.write_bytes(jpeg(quarters(64, 64)))
    return path


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    path = tmp_path / "slow.svg"
    path.write_bytes(SLOW)
    return path


def idle(pool: RenderPool) -> list[Process]:
    return [each._process for each in pool._idle]  # pyright: ignore[reportPrivateUsage]


def only_process(pool: RenderPool) -> int:
    (process,) = idle(pool)
    return process.pid


async def test_a_process_is_kept_for_the_next_picture(tmp_path: Path, picture: Path) -> None:
    async with RenderPool(RenderOptions(at_once=1), folder=tmp_path) as pool:
        await pool.render(picture, plan("w32"))
        first = only_process(pool)
        await pool.render(picture, plan("w16"))

        assert only_process(pool) == first


async def test_a_process_that_died_in_between_is_replaced(tmp_path: Path, picture: Path) -> None:
    async with RenderPool(RenderOptions(at_once=1), folder=tmp_path) as pool:
        await pool.render(picture, plan("w32"))
        os.kill(only_process(pool), signal.SIGKILL)
        await idle(pool)[0].wait()

        rendered = await pool.render(picture, plan("w16"))

    assert rendered.width == 16


async def test_a_process_that_dies_at_work_fails_its_picture_only(
    tmp_path: Path, picture: Path, slow: Path
) -> None:
    async with RenderPool(RenderOptions(at_once=1), folder=tmp_path) as pool:
        await pool.render(picture, plan("w32"))
        process = only_process(pool)
        failed: list[BaseException] = []

        async def render_slowly() -> None:
            try:
                await pool.render(slow, plan("w4000"))
            except RenderDiedError as error:
                failed.append(error)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(render_slowly)
            while idle(pool):
                await anyio.lowlevel.checkpoint()
            os.kill(process, signal.SIGKILL)

        rendered = await pool.render(picture, plan("w16"))

    assert len(failed) == 1
    assert rendered.width == 16


async def test_a_line_that_is_too_long_is_told_at_once(tmp_path: Path, slow: Path) -> None:
    refused: list[RendersBusyError] = []
    options = RenderOptions(at_once=1, waiting=2)
    async with RenderPool(options, folder=tmp_path) as pool, anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(pool.render, slow, plan("w4000"))
        await anyio.wait_all_tasks_blocked()

        try:
            await pool.render(slow, plan("w32"))
        except RendersBusyError as error:
            refused.append(error)
        tasks.cancel_scope.cancel()

    assert [each.extras["retry_after"] for each in refused] == [2]


async def test_a_render_that_nobody_waits_for_ends_and_leaves_no_process(
    tmp_path: Path, picture: Path, slow: Path
) -> None:
    async with RenderPool(RenderOptions(at_once=1), folder=tmp_path) as pool:
        await pool.render(picture, plan("w32"))
        process = only_process(pool)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pool.render, slow, plan("w4000"))
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()

        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
        assert (await pool.render(picture, plan("w16"))).width == 16


async def test_closing_leaves_nothing_behind(tmp_path: Path, picture: Path) -> None:
    async with RenderPool(RenderOptions(at_once=1), folder=tmp_path) as pool:
        await pool.render(picture, plan("w32"))
        process = only_process(pool)

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert list(tmp_path.iterdir()) == [picture]


async def test_a_file_that_is_not_there_is_not_the_picture_s_fault(tmp_path: Path) -> None:
    async with RenderPool(RenderOptions(at_once=1), folder=tmp_path) as pool:
        with pytest.raises(RenderBrokenError):
            await pool.render(tmp_path / "nothing", plan("w32"))


CONFINED = """
import os, socket, sys
from pathlib import Path
from keyshelf.media.fences import bound_resources, confine

folder, secret, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
nowhere = socket.socket()
bound_resources(memory_bytes=2**31, file_bytes=0)
libraries = [sys.prefix, sys.base_prefix, "/lib", "/usr/lib"]
if not confine([str(folder), *libraries]):
    print("unable")
    raise SystemExit
assert (folder / "picture").read_bytes() == b"mine"
import sqlite3  # a library that was not loaded before
for attempt in (
    secret.read_bytes,
    lambda: Path("/etc/passwd").read_bytes(),
    lambda: os.listdir("/tmp"),
    lambda: (folder / "new").write_bytes(b""),
    lambda: (folder / "picture").unlink(),
    lambda: nowhere.connect(("127.0.0.1", port)),
    lambda: os.execv(str(secret), ["it"]),
):
    try:
        attempt()
    except PermissionError:
        continue
    raise SystemExit("not refused")
print("refused")
"""


def test_a_confined_process_reads_pictures_only(tmp_path: Path) -> None:
    folder, secret = tmp_path / "pictures", tmp_path / "secret"
    folder.mkdir()
    (folder / "picture").write_bytes(b"mine")
    secret.write_bytes(b"#!/bin/sh\n")
    secret.chmod(0o700)
    command = [sys.executable, "-c", CONFINED, str(folder), str(secret), "9"]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.stderr == ""
    if done.stdout == "unable\n":
        pytest.skip("this system has no Landlock")
    assert done.stdout == "refused\n"
