"""Whose work may be replaced: what a commit is known to hold, and nothing else unasked."""

import os
from pathlib import Path

import pytest

from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.checkout.places import OpenFolder
from keyshelf.repositories.checkout.values import (
    CheckoutRunningError,
    InTheWayError,
    WouldOverwriteError,
)
from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.values import RefMovedError
from tests.unit.repositories.checkout.project import (
    LONG_AGO,
    Project,
    contents,
    looks,
    marks,
    noise,
)

pytestmark = pytest.mark.anyio


async def two_commits(project: Project) -> tuple[FolderEntry, FolderEntry]:
    """Commit the folder, change it, and commit it again."""
    project.write("same", b"same")
    project.write("changed", b"first")
    project.write("only in first/file", b"1")
    os.symlink("first", project.work / "link")
    first = await project.commit()
    project.write("changed", b"second, longer", mtime=1)
    (project.work / "only in first/file").unlink()
    (project.work / "only in first").rmdir()
    (project.work / "link").unlink()
    os.symlink("second", project.work / "link")
    project.write("only in second", b"2")
    return first, await project.commit()


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

    with pytest.raises(WouldOverwriteError, match=r"here: file$"):
        await project.checkout(first, delete=True)
    await project.checkout(first, b"committed", delete=True)

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


async def test_what_only_the_new_commit_lacks_is_left(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)

    await project.checkout(second)

    assert contents(project.copy)["only in first/file"] == b"1"


async def test_it_is_removed_when_asked(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)

    told = await project.checkout(second, delete=True)

    assert told.removed == 1
    assert looks(project.copy) == looks(project.work)


async def test_what_was_left_can_be_removed_later(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)
    await project.checkout(second)

    await project.checkout(second, delete=True)

    assert looks(project.copy) == looks(project.work)


async def test_what_somebody_made_is_never_removed(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)
    (project.copy / "only in first" / "mine").write_bytes(b"mine")
    (project.copy / "mine too").write_bytes(b"mine")

    await project.checkout(second, delete=True)

    assert contents(project.copy)["only in first/mine"] == b"mine"
    assert contents(project.copy)["mine too"] == b"mine"
    assert "only in first/file" not in contents(project.copy)


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


async def test_equal_bytes_in_a_folder_that_is_not_known_are_right(project: Project) -> None:
    file = project.write("file", b"content")
    file.chmod(0o640)
    root = await project.commit()
    project.copy.mkdir()
    (project.copy / "file").write_bytes(b"content")
    inode = (project.copy / "file").stat().st_ino

    told = await project.checkout(root)

    assert (told.adjusted, told.written, told.bytes_written) == (1, 0, 0)
    assert (project.copy / "file").stat().st_ino == inode
    assert looks(project.copy) == looks(project.work)


async def test_equal_looks_do_not_hide_other_bytes(project: Project) -> None:
    project.write("file", b"content")
    root = await project.commit()
    project.copy.mkdir()
    (project.copy / "file").write_bytes(b"CONTENT")
    os.utime(project.copy / "file", ns=(LONG_AGO, LONG_AGO))

    with pytest.raises(WouldOverwriteError):
        await project.checkout(root)


async def test_a_file_that_was_only_touched_is_still_known(project: Project) -> None:
    first, second = await two_commits(project)
    await project.checkout(first)
    os.utime(project.copy / "changed")

    await project.checkout(second)

    assert contents(project.copy)["changed"] == b"second, longer"


async def test_paranoid_finds_and_repairs_what_looks_right(project: Project) -> None:
    project.write("file", b"content")
    root = await project.commit()
    await project.checkout(root)
    known = project.cache.get(b"")
    assert known is not None
    seen = (project.copy / "file").stat()
    with (project.copy / "file").open("rb+") as file:
        file.write(b"CONTENT")  # as a disk might that lost what it had not written yet
    os.utime(project.copy / "file", ns=(seen.st_mtime_ns, seen.st_mtime_ns))
    now = (project.copy / "file").stat()
    record = known.files[b"file"]
    lying = type(record)(now.st_ino, now.st_ctime_ns, record.entry)
    project.cache.put(b"", type(known)({b"file": lying}))

    assert (await project.checkout(root)).right == 1
    assert (await project.checkout(root, paranoid=True)).written == 1

    assert contents(project.copy) == {"file": b"content"}


async def test_a_known_folder_gives_way_to_a_file_and_back(project: Project) -> None:
    project.write("thing/below/file", b"1")
    project.write("thing/other", b"2")
    first = await project.commit()
    for path in ("thing/below/file", "thing/other"):
        (project.work / path).unlink()
    (project.work / "thing/below").rmdir()
    (project.work / "thing").rmdir()
    project.write("thing", b"a file")
    second = await project.commit()

    await project.checkout(first)
    await project.checkout(second)
    assert contents(project.copy) == {"thing": b"a file"}
    await project.checkout(first)
    assert contents(project.copy) == {"thing/below/file": b"1", "thing/other": b"2"}


@pytest.mark.parametrize("overwrite", [False, True])
async def test_a_folder_with_somebodys_files_gives_way_to_nothing(
    project: Project, overwrite: bool
) -> None:
    project.write("thing", b"a file")
    root = await project.commit()
    (project.copy / "thing").mkdir(parents=True)
    (project.copy / "thing" / "mine").write_bytes(b"mine")

    with pytest.raises(WouldOverwriteError, match="thing"):
        await project.checkout(root, overwrite=overwrite)

    assert contents(project.copy) == {"thing/mine": b"mine"}


async def test_somebodys_file_gives_way_to_a_folder_only_when_asked(project: Project) -> None:
    project.write("thing/file")
    root = await project.commit()
    project.copy.mkdir()
    (project.copy / "thing").write_bytes(b"mine")

    with pytest.raises(WouldOverwriteError):
        await project.checkout(root)
    await project.checkout(root, overwrite=True)

    assert looks(project.copy) == looks(project.work)


async def test_a_planted_link_is_not_followed(project: Project, tmp_path: Path) -> None:
    project.write("folder/file")
    project.write("other")
    root = await project.commit()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "victim").write_bytes(b"precious")
    project.copy.mkdir()
    os.symlink(elsewhere, project.copy / "folder")
    os.symlink(elsewhere / "victim", project.copy / "other")

    with pytest.raises(WouldOverwriteError):
        await project.checkout(root)
    await project.checkout(root, overwrite=True)

    assert contents(elsewhere) == {"victim": b"precious"}
    assert looks(project.copy) == looks(project.work)


async def test_a_link_that_comes_in_place_of_a_folder_is_not_followed(
    project: Project, tmp_path: Path
) -> None:
    project.write("folder/file", noise(20_000))
    root = await project.commit()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    get_chunks = project.carrier.get_chunks

    async def planting(ids: list[object]) -> object:
        folder = project.copy / "folder"
        if folder.is_dir() and not folder.is_symlink():
            for part in folder.iterdir():
                part.unlink()
            folder.rmdir()
            os.symlink(elsewhere, folder)
        return await get_chunks(ids)  # pyright: ignore[reportArgumentType] -- passed on

    project.carrier.get_chunks = planting  # pyright: ignore[reportAttributeAccessIssue] -- plants a link midway
    with pytest.raises(InTheWayError):
        await project.checkout(root)

    assert list(elsewhere.iterdir()) == []


async def test_a_second_name_of_a_part_is_not_written_through(
    project: Project, tmp_path: Path
) -> None:
    project.write("file", noise(40_000))
    root = await project.commit()
    project.carrier.breaks_at = project.carrier.calls + 5
    with pytest.raises(ConnectionError):
        await project.checkout(root, fetches_at_once=1)
    (part,) = project.copy.glob(".keyshelf-*.part")
    part.unlink()
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    os.link(victim, part)

    await project.checkout(root)

    assert victim.read_bytes() == b"precious"
    assert looks(project.copy) == looks(project.work)


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


@pytest.mark.parametrize("paranoid", [False, True])
async def test_a_large_file_is_compared_once(
    project: Project, monkeypatch: pytest.MonkeyPatch, paranoid: bool
) -> None:
    project.write("large", noise(70_000))
    root = await project.commit()
    await project.checkout(root)
    read, digest = list[bytes](), OpenFolder.digest

    def counting(place: OpenFolder, name: bytes) -> bytes | None:
        read.append(name)
        return digest(place, name)

    monkeypatch.setattr(OpenFolder, "digest", counting)
    cache = project.cache if paranoid else FolderCache.in_memory()
    told = await project.checkout(root, cache=cache, paranoid=paranoid)

    assert (told.right, read) == (1, [b"large"])


async def test_a_folder_that_may_not_be_written_is_and_stays_so(project: Project) -> None:
    project.write("folder/file", b"first")
    project.write("folder/other", b"first")
    (project.work / "folder").chmod(0o555)
    first = await project.commit()
    (project.work / "folder").chmod(0o755)
    project.write("folder/file", b"second")
    project.write("folder/other", b"second")
    (project.work / "folder").chmod(0o555)
    os.utime(project.work / "folder", ns=(LONG_AGO, LONG_AGO))
    second = await project.commit()
    await project.checkout(first)

    await project.checkout(second, b"folder/file")
    assert (project.copy / "folder").stat().st_mode & 0o7777 == 0o555
    await project.checkout(second)

    assert looks(project.copy) == looks(project.work)


async def test_a_known_folder_gives_way_to_a_link(project: Project) -> None:
    project.write("thing/file")
    first = await project.commit()
    (project.work / "thing/file").unlink()
    (project.work / "thing").rmdir()
    os.symlink("/tmp", project.work / "thing")
    second = await project.commit()
    await project.checkout(first)

    told = await project.checkout(second)

    assert told.removed == 1
    assert (project.copy / "thing").is_symlink()


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


async def test_a_pipe_is_not_read(project: Project) -> None:
    project.write("file", b"")
    root = await project.commit()
    project.copy.mkdir()
    os.mkfifo(project.copy / "file")

    with pytest.raises(WouldOverwriteError):
        await project.checkout(root)
