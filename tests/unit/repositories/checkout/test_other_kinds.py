"""A name that is of another kind here: a folder, a link, a pipe in place of a file."""

import os
from pathlib import Path

import pytest

from keyshelf.repositories.checkout.values import InTheWayError, WouldOverwriteError
from tests.unit.repositories.checkout.project import (
    LONG_AGO,
    Project,
    contents,
    looks,
    noise,
)

pytestmark = pytest.mark.anyio


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


async def test_a_pipe_is_not_read(project: Project) -> None:
    project.write("file", b"")
    root = await project.commit()
    project.copy.mkdir()
    os.mkfifo(project.copy / "file")

    with pytest.raises(WouldOverwriteError):
        await project.checkout(root)


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
