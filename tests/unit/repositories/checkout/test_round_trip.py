"""What was committed comes back as it was, and what is right is not touched."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.checkout.values import Progress
from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.commit.values import CommitOptions
from keyshelf.repositories.formats.ids import Keys
from tests.unit.repositories.checkout.project import (
    LONG_AGO,
    Project,
    contents,
    looks,
    marks,
    noise,
)

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class File:
    content: bytes
    hole: int
    mode: int
    mtime: int


@dataclass(frozen=True)
class Folder:
    below: "Mapping[bytes, Thing]"
    mode: int
    mtime: int


@dataclass(frozen=True)
class Link:
    target: bytes
    mtime: int


@dataclass(frozen=True)
class Twin:
    """Another name of some file that was made before."""

    number: int


Thing = File | Folder | Link | Twin

names = st.binary(min_size=1, max_size=12).filter(
    lambda name: b"/" not in name and b"\0" not in name and name not in (b".", b"..")
) | st.sampled_from([b"\xc3\xa9", b"e\xcc\x81", b"\xff\xfe", b"-rf", b" ", b"\n", b"a" * 255])
mtimes = st.integers(-(10**18), LONG_AGO)
files = st.builds(
    File,
    content=st.binary(max_size=40).map(lambda seed: seed * 500) | st.binary(max_size=20),
    hole=st.sampled_from([0, 0, 8192, 100_000]),
    mode=st.integers(0o600, 0o7777).map(lambda mode: mode | 0o600),
    mtime=mtimes,
)
links = st.builds(
    Link, st.binary(min_size=1, max_size=30).filter(lambda to: b"\0" not in to), mtimes
)
leaves = files | links | st.builds(Twin, st.integers(0, 20))
things = st.recursive(
    leaves,
    lambda below: st.builds(
        Folder,
        st.dictionaries(names, below, max_size=5),
        st.integers(0o700, 0o7777).map(lambda mode: mode | 0o700),
        mtimes,
    ),
    max_leaves=12,
)
trees = st.builds(Folder, st.dictionaries(names, things, max_size=6), st.just(0o755), mtimes)


def make(path: bytes, thing: Thing, made: list[bytes]) -> None:
    match thing:
        case Folder():
            os.mkdir(path)
            for name, below in thing.below.items():
                make(os.path.join(path, name), below, made)
            os.chmod(path, thing.mode)
            os.utime(path, ns=(thing.mtime, thing.mtime))
        case File():
            with open(path, "wb") as file:
                file.seek(thing.hole)
                file.write(thing.content)
                file.truncate(thing.hole + len(thing.content))
            os.chmod(path, thing.mode)
            os.utime(path, ns=(thing.mtime, thing.mtime))
            made.append(path)
        case Link():
            os.symlink(thing.target, path)
            os.utime(path, ns=(thing.mtime, thing.mtime), follow_symlinks=False)
        case Twin():
            if made:
                os.link(made[thing.number % len(made)], path)


@settings(max_examples=25, deadline=None)
@given(trees)
def test_a_commit_comes_back_as_it_was_and_is_then_not_touched(tree: Folder) -> None:
    async def run(base: Path) -> None:
        project = Project(base)
        make(os.fsencode(project.work), tree, [])
        root = await project.commit()

        await project.checkout(root)

        assert looks(project.copy) == looks(project.work)
        before = marks(project.copy)
        await project.checkout(root)
        await project.checkout(root, cache=FolderCache.in_memory())
        assert marks(project.copy) == before
        assert (await project.commit(project.copy)).node == root.node

    with tempfile.TemporaryDirectory() as base:
        anyio.run(run, Path(base))


async def test_a_commit_after_a_checkout_reads_no_content(project: Project) -> None:
    project.write("shots/one.mov", b"1" * 50_000)
    project.write("notes.txt")
    root = await project.commit()
    await project.checkout(root)

    read: list[int] = [0]
    options = CommitOptions(on_progress=lambda progress: read.append(progress.bytes_read))
    again = await project.commit(project.copy, project.cache, options=options)

    assert again.node == root.node
    assert max(read) == 0


async def test_a_change_shows_that_leaves_size_and_time_as_they_were(project: Project) -> None:
    file = project.write("one.mov", noise(50_000))
    root = await project.commit()
    await project.checkout(root)

    seen = os.stat(project.copy / "one.mov")
    with (project.copy / "one.mov").open("rb+") as written:
        written.write(b"2")
    os.utime(project.copy / "one.mov", ns=(seen.st_mtime_ns, seen.st_mtime_ns))
    told = await project.checkout(root, overwrite=True)

    assert told.written == 1, "its ctime shows that it was changed"
    assert (project.copy / "one.mov").read_bytes() == file.read_bytes()


async def test_holes_stay_holes(project: Project) -> None:
    sparse = project.write("sparse")
    with sparse.open("wb") as file:
        file.seek(3_000_000)
        file.write(b"end")
        file.truncate(6_000_000)
    root = await project.commit()

    await project.checkout(root)

    copied = project.copy / "sparse"
    assert copied.read_bytes() == sparse.read_bytes()
    assert copied.stat().st_blocks * 512 < 200_000


async def test_equal_chunks_are_fetched_once_at_a_time(project: Project) -> None:
    project.write("zeros", bytes(400_000))
    root = await project.commit()
    project.carrier.asked.clear()

    await project.checkout(root, bytes_at_once=10**6)

    assert len(project.carrier.asked) < 12
    assert (project.copy / "zeros").read_bytes() == bytes(400_000)


async def test_extended_attributes_come_back(project: Project) -> None:
    try:
        os.setxattr(project.write("file"), b"user.origin", b"camera 2")
        os.setxattr(project.work, b"user.origin", b"set")
    except OSError:
        pytest.skip("this file system keeps no extended attributes")
    root = await project.commit(options=CommitOptions(xattrs=True))

    told = await project.checkout(root)

    assert os.getxattr(project.copy / "file", b"user.origin") == b"camera 2"
    assert told.warnings == []


async def test_progress_ends_where_it_said(project: Project) -> None:
    for number in range(10):
        project.write(f"folder {number % 3}/file {number}", b"x" * number * 100)
    root = await project.commit()
    told: list[tuple[int, int, int, int]] = []

    def on_progress(now: Progress) -> None:
        told.append((now.files, now.files_total, now.bytes, now.bytes_total))

    await project.checkout(root, b"folder 1", on_progress=on_progress)
    assert told[-1] == (3, 3, 1200, 1200)

    await project.checkout(root, on_progress=on_progress)
    assert told[-1] == (10, 10, 4500, 4500)


async def test_an_encrypted_repository_comes_back(project: Project) -> None:
    project.write("shots/one.mov", noise(20_000))
    project.write("notes.txt", b"text " * 1000)
    keys = Keys.of(bytes(range(32)))
    project.carrier.repository = replace(project.carrier.repository, keys=keys)
    root = await project.commit()

    await project.checkout(root)

    assert looks(project.copy) == looks(project.work)


async def test_durable_files_are_on_the_disk_before_they_have_their_names(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        project.write(f"folder/{number}", noise(500))
    root = await project.commit()
    synced, named = set[int](), list[bool]()
    fsync, rename = os.fsync, os.replace

    def syncing(descriptor: int) -> None:
        fsync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def naming(part: bytes, name: bytes, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        named.append(os.stat(part, dir_fd=src_dir_fd).st_ino in synced)
        rename(part, name, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(os, "replace", naming)
    await project.checkout(root, durable=True)

    assert named == [True] * 5
    assert {project.copy.stat().st_ino, (project.copy / "folder").stat().st_ino} <= synced


async def test_holes_within_chunks_stay_holes(project: Project) -> None:
    project.carrier.repository = replace(project.carrier.repository, cutting=Cutting())
    sparse = project.write("sparse", noise(10_000) + bytes(20_000) + noise(9_000) + bytes(6_000))
    content = sparse.read_bytes()
    with sparse.open("wb") as file:
        for start in range(0, len(content), 4096):
            file.seek(start)
            block = content[start : start + 4096]
            file.write(block if any(block) else b"")
        file.truncate(len(content))
    root = await project.commit()

    await project.checkout(root)

    assert (project.copy / "sparse").read_bytes() == content
    assert (project.copy / "sparse").stat().st_blocks <= sparse.stat().st_blocks


async def test_what_is_beside_the_bytes_is_put_right(project: Project) -> None:
    try:
        os.setxattr(project.write("file"), b"user.origin", b"camera 2")
    except OSError:
        pytest.skip("this file system keeps no extended attributes")
    os.symlink("file", project.work / "link")
    os.utime(project.work / "link", ns=(LONG_AGO, LONG_AGO), follow_symlinks=False)
    root = await project.commit(options=CommitOptions(xattrs=True))
    await project.checkout(root)
    (project.copy / "file").chmod(0o600)
    os.removexattr(project.copy / "file", b"user.origin")
    os.utime(project.copy / "link", follow_symlinks=False)

    told = await project.checkout(root)

    assert (told.adjusted, told.written) == (2, 0)
    assert looks(project.copy) == looks(project.work)
    assert os.getxattr(project.copy / "file", b"user.origin") == b"camera 2"


async def test_what_a_file_system_cannot_keep_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        os.setxattr(project.write("file"), b"user.origin", b"camera 2")
    except OSError:
        pytest.skip("this file system keeps no extended attributes")
    root = await project.commit(options=CommitOptions(xattrs=True))

    def refuse(*args: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", refuse)
    told = await project.checkout(root)

    assert contents(project.copy) == {"file": b"content"}
    assert len(told.warnings) == 1
    assert "user.origin" in told.warnings[0]


async def test_without_hard_links_each_name_is_a_file(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("one", noise(9_000))
    os.link(project.work / "one", project.work / "two")
    root = await project.commit()

    def refuse(*args: object, **options: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    await project.checkout(root)

    assert contents(project.copy) == {"one": noise(9_000), "two": noise(9_000)}
    assert not (project.copy / "one").samefile(project.copy / "two")
