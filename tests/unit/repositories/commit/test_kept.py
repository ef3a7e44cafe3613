"""What a commit keeps of a folder: every byte, and what the file system says of it."""

import os
import socket
from pathlib import Path

import pytest
from blake3 import blake3

from keyshelf.repositories.commit.values import CommitOptions
from keyshelf.repositories.formats.entries import HAS_HOLES, FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.formats.ids import Keys
from tests.unit.repositories.commit.committing import (
    Committing,
    StoppingCarrier,
    known_bytes,
    repository,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("keys", [None, Keys.of(b"s" * 32)], ids=["plain", "encrypted"])
@pytest.mark.parametrize("size", [0, 1, 20_000, 1_000_000, 9_500_000])
async def test_the_bytes_of_a_file_come_out(tmp_path: Path, size: int, keys: Keys | None) -> None:
    data = known_bytes(size)
    (tmp_path / "file").write_bytes(data)
    committing = Committing(tmp_path, StoppingCarrier(repository(keys)))

    await committing.commit()

    entry = (await committing.entries())[b"file"]
    assert isinstance(entry, FileEntry)
    assert entry.size == size
    assert entry.hash == (blake3(data).digest() if size else b"")
    assert await committing.content(entry) == data


async def test_names_of_any_bytes_are_kept_apart(tmp_path: Path) -> None:
    names = [b"\xff\xfe", "é".encode(), "e\u0301".encode(), b"line\nbreak", b" ", b"-rf", b"a\\b"]
    for name in names:
        Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))).write_bytes(name)
    committing = Committing(tmp_path)

    await committing.commit()

    entries = await committing.entries()
    assert list(entries) == sorted(names)
    assert [await committing.content(entries[name]) for name in names] == names


async def test_modes_times_links_and_empty_folders_are_kept(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir(mode=0o711)
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(0o4751)
    (tmp_path / "link").symlink_to("nowhere/at all")
    os.utime(tmp_path / "file", ns=(1, 1_234_567_890_123_456_789))
    os.utime(tmp_path / "link", ns=(1, -5), follow_symlinks=False)
    os.utime(tmp_path / "empty", ns=(1, 7))
    os.utime(tmp_path, ns=(1, 9))
    committing = Committing(tmp_path)

    made = await committing.commit()

    entries = await committing.entries()
    file, link, empty = entries[b"file"], entries[b"link"], entries[b"empty"]
    assert (file.mode, file.mtime) == (0o4751, 1_234_567_890_123_456_789)
    assert isinstance(link, LinkEntry)
    assert (link.target, link.mtime) == (b"nowhere/at all", -5)
    assert isinstance(empty, FolderEntry)
    assert (empty.mode, empty.mtime, empty.files) == (0o711, 7, 0)
    assert (made.manifest.root.mtime, made.manifest.root.files) == (9, 1)


async def test_names_of_one_file_carry_the_first_of_them(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/second").write_bytes(b"same")
    (tmp_path / "a first").hardlink_to(tmp_path / "b/second")
    (tmp_path / "alone").write_bytes(b"same")
    committing = Committing(tmp_path)

    await committing.commit()
    (tmp_path / "c third").hardlink_to(tmp_path / "b/second")
    await committing.commit()

    links = {
        path: entry.link
        for path, entry in (await committing.entries()).items()
        if isinstance(entry, FileEntry)
    }
    first = b"a first"
    assert links == {first: first, b"b/second": first, b"c third": first, b"alone": None}


async def test_a_file_with_holes_is_told_from_one_without(tmp_path: Path) -> None:
    (tmp_path / "dense").write_bytes(bytes(3_000_000))
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(3_000_000)
        file.seek(1_000_000)
        file.write(b"data")
    committing = Committing(tmp_path)

    await committing.commit()

    entries = await committing.entries()
    flags = {name: entry.flags for name, entry in entries.items() if isinstance(entry, FileEntry)}
    assert flags == {b"dense": 0, b"sparse": HAS_HOLES}
    assert await committing.content(entries[b"sparse"]) == (tmp_path / "sparse").read_bytes()


async def test_extended_attributes_are_kept_on_request(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    try:
        os.setxattr(tmp_path / "file", "user.label", b"green")
        os.setxattr(tmp_path / "file", "user.by", b"Anna")
    except OSError:
        pytest.skip("this file system keeps none")
    committing = Committing(tmp_path)

    await committing.commit()
    without = (await committing.entries())[b"file"].xattrs
    made = await committing.commit(CommitOptions(xattrs=True))

    with_them = (await committing.entries())[b"file"].xattrs
    assert without is None
    assert with_them == ((b"user.by", b"Anna"), (b"user.label", b"green"))
    assert made.files_read == 0


async def test_sockets_and_pipes_are_left_out_and_told_every_time(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        committing = Committing(tmp_path)

        made = await committing.commit()
        again = await committing.commit()

    assert made.skipped == again.skipped == ["pipe", "socket"]
    assert list(await committing.entries()) == [b"file"]


async def test_a_large_tree_comes_out_in_order(tmp_path: Path) -> None:
    for folder in range(12):
        (tmp_path / f"{folder:02}").mkdir()
        for file in range(100):
            (tmp_path / f"{folder:02}/{file}").write_text(f"{folder}/{file}")
    committing = Committing(tmp_path)

    made = await committing.commit()

    entries = await committing.entries()
    assert made.manifest.root.files == 1200
    assert list(entries) == sorted(entries, key=lambda path: path.split(b"/"))
    assert await committing.content(entries[b"11/99"]) == b"11/99"
