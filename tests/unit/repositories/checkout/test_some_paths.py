"""Checking out some paths: only they are written, each at its own place."""

import os

import pytest

from keyshelf.repositories.history.folders import PathNotFolderError, PathNotFoundError
from keyshelf.repositories.paths import IllegalPathError
from tests.unit.repositories.checkout.project import LONG_AGO, Project, contents

pytestmark = pytest.mark.anyio


async def test_files_and_folders_come_to_their_places(project: Project) -> None:
    for path in ("a/b/one", "a/b/two", "a/c/three", "four"):
        project.write(path, path.encode())
    (project.work / "a").chmod(0o750)
    root = await project.commit()

    told = await project.checkout(root, b"a/b", b"a/c/three/", b"a/b/one")

    found = ["a/b/one", "a/b/two", "a/c/three"]
    assert contents(project.copy) == {path: path.encode() for path in found}
    assert told.written == 3
    assert (project.copy / "a").stat().st_mode & 0o7777 == 0o750


@pytest.mark.parametrize(
    ("path", "error", "named"),
    [
        (b"nothing", PathNotFoundError, "'nothing'"),
        (b"a/nothing", PathNotFoundError, "'a/nothing'"),
        (b"a/b/nothing/more", PathNotFoundError, "'a/b/nothing'"),
        (b"a/b/one/below", PathNotFolderError, "'a/b/one'"),
    ],
)
async def test_a_missing_path_is_named_before_anything_is_written(
    project: Project, path: bytes, error: type[Exception], named: str
) -> None:
    project.write("a/b/one")
    root = await project.commit()

    with pytest.raises(error, match=named):
        await project.checkout(root, b"a", path)

    assert contents(project.copy) == {}


async def test_a_path_does_not_lead_out(project: Project) -> None:
    project.write("a")
    root = await project.commit()

    with pytest.raises(IllegalPathError):
        await project.checkout(root, b"../a")


async def test_what_is_beside_them_stays_known(project: Project) -> None:
    project.write("one", b"1")
    project.write("two", b"2")
    first = await project.commit()
    project.write("one", b"11")
    project.write("two", b"22")
    second = await project.commit()
    await project.checkout(first)

    await project.checkout(second, b"one")
    assert contents(project.copy) == {"one": b"11", "two": b"2"}
    await project.checkout(second)

    assert contents(project.copy) == {"one": b"11", "two": b"22"}


async def test_delete_removes_nothing_beside_them(project: Project) -> None:
    project.write("a/one")
    project.write("a/gone")
    project.write("b/gone")
    first = await project.commit()
    (project.work / "a/gone").unlink()
    (project.work / "b/gone").unlink()
    second = await project.commit()
    await project.checkout(first)

    await project.checkout(second, b"a", delete=True)

    assert set(contents(project.copy)) == {"a/one", "b/gone"}


async def test_names_of_one_file_are_linked_as_far_as_they_are_there(project: Project) -> None:
    project.write("first", b"shared")
    os.link(project.work / "first", project.work / "second")
    os.link(project.work / "first", project.work / "third")
    os.utime(project.work / "first", ns=(LONG_AGO, LONG_AGO))
    root = await project.commit()

    await project.checkout(root, b"second", b"third")

    assert set(contents(project.copy)) == {"second", "third"}
    assert (project.copy / "second").samefile(project.copy / "third")
    await project.checkout(root)
    assert (project.copy / "first").samefile(project.copy / "third")
