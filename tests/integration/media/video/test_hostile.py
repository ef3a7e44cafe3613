"""Nothing that a stranger uploads crashes a tool, opens another file or reaches the network."""

import shutil
import socket
import subprocess
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from keyshelf.errors import Error
from keyshelf.media import fences
from keyshelf.media.tools.failures import MediaUnreadableError, ToolFailedError
from keyshelf.media.tools.finding import Tools
from keyshelf.media.tools.probe import probe
from keyshelf.media.tools.probed import Probe
from keyshelf.media.tools.running import Fence, run_tool
from keyshelf.media.video.cover import make_cover
from tests.hostile_media import Hostile, damaged, references
from tests.media_clips import MediaClips

pytestmark = pytest.mark.anyio

_CANARY_SIZE = (48, 26)
_AT_ONCE = 4


@pytest.fixture(scope="module")
def canary(clips: MediaClips, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good film of a size that none of the hostile ones has."""
    path = tmp_path_factory.mktemp("foreign") / "canary.mp4"
    clips.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=48x26:r=5:d=1", "-c:v", "libx264", path)
    return path


@pytest.fixture
def listener() -> Generator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def was_connected(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def url_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/film.mp4"


async def probe_all(
    tools: Tools, files: Sequence[Hostile], folder: Path
) -> dict[str, Probe | Error]:
    """Probe each as `source`, some at a time, and return what came of it."""
    results: dict[str, Probe | Error] = {}
    limiter = anyio.CapacityLimiter(_AT_ONCE)

    async def one(number: int, hostile: Hostile) -> None:
        async with limiter:
            place = folder / str(number)
            place.mkdir()
            (place / "source").write_bytes(hostile.data)
            try:
                results[hostile.name] = await probe(tools, place / "source", folder=place)
            except Error as error:
                results[hostile.name] = error

    async with anyio.create_task_group() as group:
        for number, hostile in enumerate(files):
            group.start_soon(one, number, hostile)
    return results


def test_there_are_five_hundred(clips: MediaClips, canary: Path, tmp_path: Path) -> None:
    files = [*references(canary, "http://127.0.0.1:1/x"), *damaged(clips, tmp_path)]

    assert len(files) >= 500


async def test_damaged_films_are_read_or_refused_and_crash_nothing(
    media_tools: Tools, clips: MediaClips, tmp_path: Path, listener: socket.socket
) -> None:
    files = list(damaged(clips, tmp_path))

    results = await probe_all(media_tools, files, tmp_path)

    assert len(results) == len(files)
    for name, result in results.items():
        assert not isinstance(result, ToolFailedError), name
        if isinstance(result, Error):
            assert str(tmp_path) not in f"{result.detail} {result.extras}", name
        else:
            assert 0 <= result.duration <= media_tools.limits.source_seconds, name
    assert not was_connected(listener)


async def test_a_damaged_film_gives_a_cover_or_an_error(
    media_tools: Tools, clips: MediaClips, tmp_path: Path
) -> None:
    files = [each for each in damaged(clips, tmp_path) if "flipped 11" in each.name]
    results = await probe_all(media_tools, files, tmp_path)

    covers: list[Path | Error] = []
    for number, hostile in enumerate(files):
        found = results[hostile.name]
        if isinstance(found, Probe) and found.video is not None:
            folder = tmp_path / str(number)
            try:
                covers.append(
                    await make_cover(media_tools, folder / "source", found, folder=folder)
                )
            except Error as error:
                covers.append(error)
    assert covers
    for each in covers:
        assert not isinstance(each, ToolFailedError)
        assert isinstance(each, Error) or each.stat().st_size > 0


async def test_a_file_that_names_another_is_refused_and_the_other_is_not_opened(
    media_tools: Tools, tmp_path: Path, canary: Path, listener: socket.socket
) -> None:
    files = list(references(canary, url_of(listener)))
    shutil.copy(canary, tmp_path / canary.name)

    results = await probe_all(media_tools, files, tmp_path)

    for name, result in results.items():
        assert isinstance(result, Error) or result.video is None, name
        assert not isinstance(result, ToolFailedError), name
    assert not was_connected(listener)


async def test_a_tool_that_is_led_to_another_file_or_the_network_cannot_reach_it(
    media_tools: Tools, tmp_path: Path, canary: Path, listener: socket.socket
) -> None:
    if not fences.landlock_version():
        pytest.skip("this system has no Landlock")
    work = tmp_path / "work"
    work.mkdir()
    fence = Fence(seconds=60, memory_bytes=2**33, file_bytes=2**20)

    async def read(address: str | Path, *, reads: Sequence[Path]) -> None:
        # As if a demuxer that is not on the list had a hole: nothing else holds it back.
        arguments = ["-v", "error", "-i", str(address), "-f", "null", "-"]
        await run_tool(media_tools.ffmpeg, arguments, folder=work, fence=fence, reads=reads)

    await read(canary, reads=[canary])
    for address in (canary, url_of(listener)):
        with pytest.raises(MediaUnreadableError):
            await read(address, reads=[])
    assert not was_connected(listener)


def _strace_works() -> bool:
    strace = shutil.which("strace")
    if strace is None:
        return False
    return subprocess.run([strace, "-o", "/dev/null", "true"], check=False).returncode == 0


@pytest.mark.skipif(not _strace_works(), reason="strace is not here, or may not trace")
async def test_the_tools_open_nothing_but_the_source(
    media_tools: Tools, tmp_path: Path, canary: Path, listener: socket.socket
) -> None:
    film = await probe(media_tools, canary, folder=tmp_path)
    traced = replace(
        media_tools,
        ffmpeg=_traced(media_tools.ffmpeg, tmp_path / "traced-ffmpeg"),
        ffprobe=_traced(media_tools.ffprobe, tmp_path / "traced-ffprobe"),
    )
    files = list(references(canary, url_of(listener)))[::3]

    await probe_all(traced, files, tmp_path)
    for number in range(len(files)):
        folder = tmp_path / str(number)
        with pytest.raises(Error):
            await make_cover(traced, folder / "source", film, folder=folder, at=0.0)

    calls = [line for each in tmp_path.glob("*/trace.*") for line in each.read_text().splitlines()]
    opened = [line for line in calls if "open" in line]
    assert len([line for line in opened if "/source" in line]) >= 2 * len(files)
    assert [line for line in opened if canary.name in line] == []
    assert [line for line in calls if "connect(" in line or "AF_INET" in line] == []
    assert not was_connected(listener)


def _traced(program: Path, wrapper: Path) -> Path:
    calls = "trace=open,openat,socket,connect"
    wrapper.write_text(
        f'#!/bin/sh\nexec {shutil.which("strace")} -f -qq -o trace.$$ -e {calls} {program} "$@"\n'
    )
    wrapper.chmod(0o755)
    return wrapper
