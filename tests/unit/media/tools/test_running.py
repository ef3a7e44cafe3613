"""Running tools behind a fence, with small programs in their place."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import anyio
import pytest

from keyshelf.errors import InvalidInputError
from keyshelf.media import fences
from keyshelf.media.tools.failures import (
    MediaUnreadableError,
    ToolFailedError,
    ToolMemoryError,
    ToolMissingError,
    ToolOutputTooLargeError,
    ToolTimeoutError,
)
from keyshelf.media.tools.running import Fence, ToolOutput, run_tool
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio

_FENCE = Fence(seconds=20, memory_bytes=2**30, file_bytes=2**20, stdout_bytes=2**16)


async def run(script: str, folder: Path, fence: Fence = _FENCE) -> ToolOutput:
    return await run_tool(Path("/bin/sh"), ["-c", script], folder=folder, fence=fence)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that was killed and that nobody waited for yet is not running either.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


async def test_what_a_tool_says_is_returned(tmp_path: Path) -> None:
    said = await run("echo out; echo err >&2", tmp_path)

    assert (said.stdout, said.stderr) == (b"out\n", "err\n")


async def test_a_tool_lives_in_its_folder_with_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")

    said = await run("pwd; env; cat; set -- /proc/$$/fd/*; echo $#", tmp_path)

    lines = said.stdout.decode().splitlines()
    assert lines[0] == str(tmp_path)
    assert f"HOME={tmp_path}" in lines
    assert "secret" not in said.stdout.decode()
    assert int(lines[-1]) <= 4  # the three streams and the folder that is listed


async def test_a_tool_reads_what_it_is_told_once_and_nobody_waits(tmp_path: Path) -> None:
    said = await run_tool(
        Path("/bin/sh"), ["-c", "cat /dev/stdin"], folder=tmp_path, fence=_FENCE, told=b"secret"
    )

    assert said.stdout == b"secret"
    assert list(tmp_path.iterdir()) == []


async def test_a_tool_that_refuses_its_input_says_so_in_our_words(tmp_path: Path) -> None:
    with pytest.raises(MediaUnreadableError) as refused:
        await run("echo /secret/path is bad >&2; exit 1", tmp_path)

    assert "secret" not in refused.value.detail


async def test_a_tool_that_crashes_can_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(ToolFailedError):
        await run("kill -SEGV $$", tmp_path)


async def test_a_full_disk_is_not_the_medias_fault(tmp_path: Path) -> None:
    with pytest.raises(ToolFailedError, match="full"):
        await run("echo 'av_write: No space left on device' >&2; exit 1", tmp_path)


async def test_time_is_bounded_and_the_whole_group_ends(tmp_path: Path) -> None:
    fence = Fence(seconds=2, memory_bytes=2**30, file_bytes=2**20)

    with pytest.raises(ToolTimeoutError):
        await run("sleep 60 & echo $! >child; wait", tmp_path, fence)

    assert not is_running(int((tmp_path / "child").read_text()))


async def test_files_are_bounded(tmp_path: Path) -> None:
    with pytest.raises(ToolOutputTooLargeError):
        await run("exec dd if=/dev/zero of=big bs=65536 count=64", tmp_path)

    assert (tmp_path / "big").stat().st_size <= 2**20 + 512


async def test_what_is_said_is_bounded(tmp_path: Path) -> None:
    with pytest.raises(ToolOutputTooLargeError):
        await run("yes", tmp_path)


async def test_memory_is_bounded(tmp_path: Path) -> None:
    fence = Fence(seconds=20, memory_bytes=2**26, file_bytes=2**20)

    with pytest.raises((ToolMemoryError, MediaUnreadableError, ToolFailedError)):
        await run("dd if=/dev/zero of=/dev/null bs=256M count=1 || exit 1", tmp_path, fence)


async def test_computing_is_bounded(tmp_path: Path) -> None:
    said = await run("ulimit -S -t; ulimit -H -t", tmp_path)

    soft = 20 * (os.cpu_count() or 1)
    assert said.stdout == f"{soft}\n{soft + 5}\n".encode()


async def test_a_tool_opens_what_it_is_given_and_writes_its_folder(tmp_path: Path) -> None:
    if not fences.landlock_version():
        pytest.skip("this system has no Landlock")
    work, given, other = tmp_path / "work", tmp_path / "given", tmp_path / "other"
    work.mkdir()
    given.write_bytes(b"given")
    other.write_bytes(b"other")

    async def attempt(script: str) -> bytes:
        arguments = ["-c", script]
        program = Path("/bin/sh")
        said = await run_tool(program, arguments, folder=work, fence=_FENCE, reads=[given])
        return said.stdout

    assert await attempt(f"cat {given} | tee made") == b"given"
    for forbidden in (f"cat {other}", f"echo x >{given}", f"ls {tmp_path}", f"cat {__file__}"):
        with pytest.raises(MediaUnreadableError):
            await attempt(forbidden)
    assert (work / "made").read_bytes() == given.read_bytes()


async def test_only_the_end_of_complaints_is_kept(tmp_path: Path) -> None:
    said = await run("yes | head -c 300000 >&2; echo the end >&2", tmp_path)

    assert len(said.stderr) == 64 * 2**10
    assert said.stderr.endswith("the end\n")


async def test_lines_are_told_as_they_come(tmp_path: Path) -> None:
    told: list[bytes] = []

    async def on_line(line: bytes) -> None:
        told.append(line)
        (tmp_path / "go").touch()

    # The tool waits until its first line was heard.
    script = "echo one; until [ -e go ]; do sleep 0.01; done; printf 'two\\nthree'"
    arguments = ["-c", script]
    said = await run_tool(
        Path("/bin/sh"), arguments, folder=tmp_path, fence=_FENCE, on_line=on_line
    )

    assert told == [b"one", b"two", b"three"]
    assert said.stdout == b""


async def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    async def on_line(line: bytes) -> None:
        raise AssertionError(line)

    with pytest.raises(ToolOutputTooLargeError):
        await run_tool(
            Path("/bin/sh"),
            ["-c", "exec cat /dev/zero"],
            folder=tmp_path,
            fence=_FENCE,
            on_line=on_line,
        )


async def test_an_error_of_the_listener_ends_the_tool(tmp_path: Path) -> None:
    async def on_line(line: bytes) -> None:
        raise LookupError(line.decode())

    with pytest.raises(LookupError) as raised:
        await run_tool(
            Path("/bin/sh"),
            ["-c", "echo $$; exec sleep 60"],
            folder=tmp_path,
            fence=_FENCE,
            on_line=on_line,
        )

    assert not is_running(int(str(raised.value)))


async def test_cancelling_waits_until_the_tool_is_gone(tmp_path: Path) -> None:
    pids: list[int] = []

    async def on_line(line: bytes) -> None:
        pids.append(int(line))
        scope.cancel()

    with anyio.CancelScope() as scope:
        await run_tool(
            Path("/bin/sh"),
            ["-c", "echo $$; exec sleep 60"],
            folder=tmp_path,
            fence=_FENCE,
            on_line=on_line,
        )

    assert scope.cancelled_caught
    assert not is_running(pids[0])


async def test_a_tool_that_was_killed_from_outside_can_be_tried_again(tmp_path: Path) -> None:
    async def on_line(line: bytes) -> None:
        os.kill(int(line), signal.SIGKILL)

    with pytest.raises(ToolFailedError):
        await run_tool(
            Path("/bin/sh"),
            ["-c", "echo $$; exec sleep 60"],
            folder=tmp_path,
            fence=_FENCE,
            on_line=on_line,
        )


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("exit 127", ToolMissingError),
        ("echo \"Unknown encoder 'libsvtav1'\" >&2; exit 8", ToolMissingError),
        ("echo 'x: Cannot allocate memory' >&2; exit 244", ToolMemoryError),
        ("kill -XCPU $$", ToolTimeoutError),
        ("echo 'Exiting normally, received signal 24.' >&2; exit 255", ToolTimeoutError),
    ],
    ids=["no program", "no encoder", "no memory", "no time", "no time left"],
)
async def test_ends_are_told_apart(tmp_path: Path, script: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await run(script, tmp_path)


_WORKER = """
import anyio, sys
from pathlib import Path
from keyshelf.media.tools.running import Fence, run_tool

async def on_line(line):
    print(line.decode(), flush=True)

async def main():
    fence = Fence(seconds=60, memory_bytes=2**30, file_bytes=2**20)
    script = ["-c", "echo $$; exec sleep 60"]
    await run_tool(Path("/bin/sh"), script, folder=Path(sys.argv[1]), fence=fence, on_line=on_line)

anyio.run(main)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process so")
def test_a_tool_dies_with_a_worker_that_is_killed(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", _WORKER, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        pid = int(worker.stdout.readline())

        worker.kill()
        worker.wait()

    deadline = time.monotonic() + PATIENCE
    while is_running(pid) and time.monotonic() < deadline:
        os.sched_yield()
    assert not is_running(pid)


def test_bounds_are_positive() -> None:
    with pytest.raises(InvalidInputError):
        Fence(seconds=0, memory_bytes=1, file_bytes=1)
