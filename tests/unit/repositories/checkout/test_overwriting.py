"""Whose work may be replaced: what a commit is known to hold, and nothing else unasked."""

import os

import pytest

from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.checkout.values import CheckoutRunningError, WouldOverwriteError
from keyshelf.repositories.values import RefMovedError
from tests.unit.repositories.checkout.project import (
    Project,
    contents,
    looks,
    marks,
    noise,
    two_commits,
)

pytestmark = pytest.mark.anyio


async def test_what_a_checkout_left_is_replaced(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)

    told = await project.checkout(second)

    assert told.written == 3
    assert contents(project.copy)["changed"] == b"second, longer"
    assert os.readlink(project.copy / "link") == "second"


async def test_what_a_commit_recorded_is_replaced(project: Project) -> None:
    project.write("file", b"first")
    first = await project.commit()
    project.write("file", b"second")
    second = await project.commit(cache=project.cache)
    project.work.rename(project.copy)

    await project.checkout(first)

    assert contents(project.copy) == {"file": b"first"}
    await project.checkout(second)
    assert contents(project.copy) == {"file": b"second"}


async def test_what_a_commit_read_that_was_not_made_is_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("file", b"first")
    project.write("committed", b"first")
    first = await project.commit(cache=project.cache)
    project.write("committed", b"second")
    await project.commit(cache=project.cache)
    project.write("file", b"work of hours")
    project.write("new", b"more of it")

    async def moved(*_: object, **__: object) -> None:
        raise RefMovedError("somebody was quicker", expected=None, found=None)

    with monkeypatch.context() as patch:
        patch.setattr(project.carrier, "publish", moved)
        with pytest.raises(RefMovedError):
            await project.commit(cache=project.cache)
    project.work.rename(project.copy)

    told = await project.checkout(first, delete=True)

    assert told.kept == 1
    assert contents(project.copy) == {
        "file": b"work of hours",
        "new": b"more of it",
        "committed": b"first",
    }


async def test_what_was_written_just_before_a_commit_is_known_by_its_bytes(
    project: Project,
) -> None:
    project.write("file", b"first")
    first = await project.commit()
    (project.work / "file").write_bytes(b"second")
    await project.commit(cache=project.cache, is_at_once=True)
    project.work.rename(project.copy)

    await project.checkout(first)

    assert contents(project.copy) == {"file": b"first"}


@pytest.mark.parametrize("delete", [False, True])
async def test_a_changed_file_is_named_and_nothing_is_written(
    project: Project, delete: bool
) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)
    (project.copy / "changed").write_bytes(b"mine!")
    (project.copy / "only in first" / "file").write_bytes(b"mine!")
    before = marks(project.copy)

    with pytest.raises(WouldOverwriteError) as told:
        await project.checkout(second, delete=delete)

    gone = ["only in first/file"] * delete
    assert sorted(told.value.extras["paths"]) == ["changed", *gone]  # pyright: ignore[reportArgumentType] -- a list
    assert marks(project.copy) == before


async def test_it_is_overwritten_when_asked(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)
    (project.copy / "changed").write_bytes(b"mine!")
    (project.copy / "only in first" / "file").write_bytes(b"mine!")

    await project.checkout(second, overwrite=True, delete=True)

    assert looks(project.copy) == looks(project.work)


async def test_up_to_a_hundred_are_named(project: Project) -> None:
    for number in range(150):
        project.write(f"{number}")
    root = await project.commit()
    project.copy.mkdir()
    for number in range(150):
        (project.copy / f"{number}").write_bytes(b"mine")

    with pytest.raises(WouldOverwriteError, match="and others") as told:
        await project.checkout(root)

    assert len(told.value.extras["paths"]) == 100  # pyright: ignore[reportArgumentType] -- a list


async def test_a_dry_run_tells_and_writes_nothing(project: Project) -> None:
    first, second = await two_commits(project)
    told = await project.checkout(first, dry_run=True)
    assert not project.copy.exists()
    done = await project.checkout(first)
    assert (told.written, told.bytes_written) == (done.written, done.bytes_written) == (4, 10)
    before = marks(project.copy)

    told = await project.checkout(second, dry_run=True, delete=True)

    assert marks(project.copy) == before
    done = await project.checkout(second, delete=True)
    assert (told.written, told.right, told.removed) == (done.written, done.right, done.removed)


async def test_a_file_that_comes_in_the_way_meanwhile_is_kept(project: Project) -> None:
    project.write("file", noise(20_000))
    root = await project.commit()
    get_chunks = project.carrier.get_chunks

    async def disturbing(ids: list[object]) -> object:
        (project.copy / "file").write_bytes(b"mine")
        return await get_chunks(ids)  # pyright: ignore[reportArgumentType] -- passed on

    project.carrier.get_chunks = disturbing  # pyright: ignore[reportAttributeAccessIssue] -- writes midway
    with pytest.raises(WouldOverwriteError):
        await project.checkout(root, cache=FolderCache.in_memory())

    assert (project.copy / "file").read_bytes() == b"mine"


async def test_a_second_name_that_comes_in_the_way_meanwhile_is_kept(project: Project) -> None:
    project.write("one", noise(20_000))
    os.link(project.work / "one", project.work / "two")
    root = await project.commit()
    get_chunks = project.carrier.get_chunks

    async def disturbing(ids: list[object]) -> object:
        if list(project.copy.glob(".keyshelf-*.part")):
            (project.copy / "two").write_bytes(b"mine")
        return await get_chunks(ids)  # pyright: ignore[reportArgumentType] -- passed on

    project.carrier.get_chunks = disturbing  # pyright: ignore[reportAttributeAccessIssue] -- writes midway
    with pytest.raises(WouldOverwriteError):
        await project.checkout(root, fetches_at_once=1)

    assert contents(project.copy) == {"one": noise(20_000), "two": b"mine"}


async def test_one_checkout_at_a_time_writes_into_a_folder(project: Project) -> None:
    project.write("file", noise(20_000))
    root = await project.commit()
    get_chunks, refused = project.carrier.get_chunks, list[str]()

    async def again(ids: list[object]) -> object:
        if project.copy.exists() and not refused:
            with pytest.raises(CheckoutRunningError) as told:
                await project.checkout(root)
            refused.append(told.value.code)
        return await get_chunks(ids)  # pyright: ignore[reportArgumentType] -- passed on

    project.carrier.get_chunks = again  # pyright: ignore[reportAttributeAccessIssue] -- checks out midway
    await project.checkout(root)

    assert refused == ["checkout-running"]
    assert looks(project.copy) == looks(project.work)


async def test_what_a_restored_database_forgot_is_kept(project: Project) -> None:
    project.write("file", b"first")
    first = await project.commit(cache=project.cache)
    before = dict(project.carrier.manifests), dict(project.carrier.positions)
    project.write("file", b"work of hours")
    await project.commit(cache=project.cache)
    project.carrier.manifests, project.carrier.positions = before
    project.work.rename(project.copy)

    with pytest.raises(WouldOverwriteError):
        await project.checkout(first)

    assert contents(project.copy) == {"file": b"work of hours"}
