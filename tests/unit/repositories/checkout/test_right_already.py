"""What is right already: told by its bytes, and not touched."""

import os

import pytest

from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.checkout.places import OpenFolder
from keyshelf.repositories.checkout.values import WouldOverwriteError
from tests.unit.repositories.checkout.project import (
    LONG_AGO,
    Project,
    contents,
    looks,
    noise,
    two_commits,
)

pytestmark = pytest.mark.anyio


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
