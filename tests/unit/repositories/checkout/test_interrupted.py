"""A checkout that is stopped anywhere: nothing is torn, and the next one goes on."""

import os
from collections.abc import Callable

import anyio
import pytest

from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.checkout.values import FolderFullError, InTheWayError, Progress
from keyshelf.repositories.formats.entries import FolderEntry
from tests.unit.repositories.checkout.project import LONG_AGO, Project, contents, looks, noise

pytestmark = pytest.mark.anyio


class KilledError(Exception):
    """The end of the process, as far as the folder can tell."""


async def two_commits(project: Project) -> tuple[FolderEntry, FolderEntry]:
    project.write("large", noise(30_000))
    for number in range(6):
        project.write(f"folder/small {number}", noise(100 + number))
    project.write("gone/gone", b"gone")
    first = await project.commit()
    project.write("large", noise(25_000))
    project.write("new/other", noise(9_000))
    project.write("folder/small 3", b"changed")
    os.link(project.work / "large", project.work / "new/same")
    os.symlink("large", project.work / "link")
    for path in ("link", "new", "folder"):
        os.utime(project.work / path, ns=(LONG_AGO, LONG_AGO), follow_symlinks=False)
    (project.work / "gone/gone").unlink()
    (project.work / "gone").rmdir()
    return first, await project.commit()


def assert_nothing_is_torn(project: Project, *before: dict[str, bytes]) -> None:
    """See that every file is as it was in one of the commits, or not there."""
    for path, content in contents(project.copy).items():
        if not path.endswith(".part"):
            assert content in [each.get(path) for each in before], path


async def test_a_lost_connection_at_any_call(project: Project) -> None:
    first, second = await two_commits(project)
    new = contents(project.work)
    await project.checkout(first)
    old = contents(project.copy)
    broke = 0
    while True:
        cache = FolderCache.in_memory()
        await project.checkout(first, overwrite=True, delete=True, cache=cache)
        project.carrier.calls, project.carrier.breaks_at = 0, broke + 1
        try:
            await project.checkout(second, delete=True, fetches_at_once=2, cache=cache)
        except ConnectionError:
            broke += 1
        else:
            break
        finally:
            project.carrier.breaks_at = 0
        assert_nothing_is_torn(project, old, new)

        await project.checkout(second, delete=True, cache=cache)

        assert looks(project.copy) == looks(project.work)
        (project.copy / "link").unlink()
    assert broke > 5


CALLS = ("pwritev", "replace", "mkdir", "symlink", "fchmod", "utime", "link", "unlink", "rmdir")


@pytest.mark.parametrize("call", CALLS)
async def test_a_crash_at_any_step_in_the_folder(
    project: Project, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    first, second = await two_commits(project)
    new = contents(project.work)
    await project.checkout(first)
    old = contents(project.copy)
    number = 0
    for number in range(100):
        # What was remembered before is all that a process that is killed leaves.
        cache = FolderCache.in_memory()
        await project.checkout(first, overwrite=True, cache=cache)
        with monkeypatch.context() as patched:
            patched.setattr(os, call, crashing(getattr(os, call), number))
            try:
                await project.checkout(second, delete=True, cache=cache)
            except KilledError:
                pass
            else:
                break
        assert_nothing_is_torn(project, old, new)

        await project.checkout(second, delete=True, cache=cache)

        assert looks(project.copy) == looks(project.work)
    assert 0 < number < 99


def crashing(act: Callable[..., object], number: int) -> Callable[..., object]:
    """Do as `act` does so many times, and then crash for ever."""
    left = [number]

    def crash(*args: object, **options: object) -> object:
        if left[0] == 0:
            raise KilledError
        left[0] -= 1
        return act(*args, **options)

    return crash


async def test_what_a_part_holds_is_not_fetched_again(project: Project) -> None:
    project.write("large", noise(200_000))
    root = await project.commit()
    project.carrier.calls, project.carrier.breaks_at = 0, 15
    with pytest.raises(ConnectionError):
        await project.checkout(root, fetches_at_once=1)
    fetched = len(project.carrier.asked)
    wrong_from = (next(project.copy.glob(".keyshelf-*.part"))).stat().st_size
    assert wrong_from > 50_000

    project.carrier.asked.clear()
    await project.checkout(root)

    everything = len(project.carrier.chunks)
    assert len(project.carrier.asked) <= everything - fetched + 12
    assert contents(project.copy) == contents(project.work)


async def test_a_part_with_wrong_bytes_is_put_right(project: Project) -> None:
    project.write("large", noise(100_000))
    root = await project.commit()
    project.carrier.calls, project.carrier.breaks_at = 0, 10
    with pytest.raises(ConnectionError):
        await project.checkout(root, fetches_at_once=1)
    part = next(project.copy.glob(".keyshelf-*.part"))
    part.write_bytes(noise(150_000))

    await project.checkout(root)

    assert contents(project.copy) == contents(project.work)


async def test_parts_of_what_is_no_longer_wanted_are_removed(project: Project) -> None:
    project.write("large", noise(100_000))
    first = await project.commit()
    project.write("large", b"small")
    second = await project.commit()
    project.carrier.calls, project.carrier.breaks_at = 0, 10
    with pytest.raises(ConnectionError):
        await project.checkout(first, fetches_at_once=1)

    await project.checkout(second)

    assert contents(project.copy) == {"large": b"small"}


async def test_a_full_disk_is_told_and_nothing_is_lost(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)
    old = contents(project.copy)

    def full(*args: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwritev", full)
        with pytest.raises(FolderFullError, match="No space left on device"):
            await project.checkout(second)

    assert_nothing_is_torn(project, old, contents(project.work))
    await project.checkout(second, delete=True)
    assert looks(project.copy) == looks(project.work)


async def test_one_that_is_cancelled_goes_on(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)
    old, tries = contents(project.copy), 0
    while True:
        tries += 1
        with anyio.CancelScope() as scope:
            left = [tries]

            def count(
                _: Progress, scope: anyio.CancelScope = scope, left: list[int] = left
            ) -> None:
                left[0] -= 1
                if left[0] == 0:
                    scope.cancel()

            await project.checkout(second, on_progress=count)
        assert_nothing_is_torn(project, old, contents(project.work))
        if not scope.cancelled_caught:
            break

    await project.checkout(second, delete=True)
    assert looks(project.copy) == looks(project.work)
    assert tries > 1


async def test_a_write_that_takes_a_part_goes_on(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("large", noise(50_000))
    root = await project.commit()
    pwritev = os.pwritev

    def partly(descriptor: int, pieces: list[bytes], offset: int) -> int:
        return pwritev(descriptor, [b"".join(pieces)[:777]], offset)

    monkeypatch.setattr(os, "pwritev", partly)
    await project.checkout(root)

    assert contents(project.copy) == {"large": noise(50_000)}


async def test_a_part_that_is_replaced_while_it_is_written_is_not_used(project: Project) -> None:
    project.write("large", noise(50_000))
    root = await project.commit()
    get_chunks = project.carrier.get_chunks

    async def replacing(ids: list[object]) -> object:
        for part in project.copy.glob(".keyshelf-*.part"):
            part.unlink()
            part.write_bytes(noise(50_001))
        return await get_chunks(ids)  # pyright: ignore[reportArgumentType] -- passed on

    project.carrier.get_chunks = replacing  # pyright: ignore[reportAttributeAccessIssue] -- replaces it midway
    with pytest.raises(InTheWayError, match="replaced"):
        await project.checkout(root, fetches_at_once=1)

    assert "large" not in contents(project.copy)


async def test_a_link_in_place_of_a_part_is_not_followed(project: Project) -> None:
    project.write("large", noise(50_000))
    root = await project.commit()
    victim = project.base / "victim"
    victim.write_bytes(b"precious")
    project.carrier.calls, project.carrier.breaks_at = 0, 6
    with pytest.raises(ConnectionError):
        await project.checkout(root, fetches_at_once=1)
    part = next(project.copy.glob(".keyshelf-*.part"))
    part.unlink()
    os.symlink(victim, part)

    await project.checkout(root)

    assert victim.read_bytes() == b"precious"
    assert contents(project.copy) == {"large": noise(50_000)}
