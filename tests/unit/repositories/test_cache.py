"""The cache of folders: kept when saved, made anew when damaged, vouched for by commits."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.cache import (
    CacheInUseError,
    FolderCache,
    RememberedFile,
    RememberedFolder,
    Summary,
)
from keyshelf.repositories.formats.entries import FileEntry, LinkEntry

FOLDER = RememberedFolder(
    {
        b"file": RememberedFile(1, 2, FileEntry(b"file", 0o644, 3, 4, b"c" * 32)),
        b"link": RememberedFile(5, -1, LinkEntry(b"link", 0o777, 6, b"file")),
    },
    (b"below",),
)
SUMMARY = Summary(b"f" * 32, b"rules", b"n" * 32, 7, 8, 9, has_links=False)
COMMIT = CommitHash("a" * 64)


def test_what_was_saved_is_there_next_time(tmp_path: Path) -> None:
    cache = FolderCache.open(tmp_path / "deep/cache")
    cache.put(b"a", FOLDER, SUMMARY)
    cache.save()
    cache.put(b"unsaved", FOLDER)
    cache.close()

    again = FolderCache.open(tmp_path / "deep/cache")

    assert again.get(b"a") == FOLDER
    assert again.get(b"unsaved") is None
    again.close()


@pytest.mark.parametrize("damage", [b"no database at all", bytes(8192)])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "cache").write_bytes(damage)

    cache = FolderCache.open(tmp_path / "cache")

    assert cache.get(b"a") is None
    cache.put(b"a", FOLDER)
    assert cache.get(b"a") == FOLDER
    cache.close()


@pytest.mark.parametrize("at_fault", ["above it", "in its place"])
def test_where_none_can_be_nothing_is_remembered(
    tmp_path: Path, at_fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "folder/cache"
    if at_fault == "in its place":
        file.mkdir(parents=True)  # which no database can be
    else:
        file.parent.write_bytes(b"")

    cache = FolderCache.open(file)
    cache.put(b"a", FOLDER, SUMMARY)
    cache.vouch(COMMIT)

    assert (cache.get(b"a"), cache.summary(b"a"), cache.vouchers()) == (None, None, set())
    assert list(cache.summaries(at_once=1)) == []
    cache.forget(b"a")
    cache.close()
    assert len(caplog.records) == 1


def test_a_disk_that_fills_up_is_told_once_and_keeps_what_was_saved(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = FolderCache.open(tmp_path / "cache")
    cache.put(b"a", FOLDER, SUMMARY)
    cache.vouch(COMMIT)
    cache.close()
    full = sqlite3.connect(tmp_path / "cache")
    full.execute("PRAGMA max_page_count = 8")
    cache = FolderCache(full)
    many = RememberedFolder({b"%d" % n: FOLDER.files[b"file"] for n in range(2000)})

    for path in (b"a", b"b", b"c"):
        cache.put(path, many)
    cache.vouch(CommitHash("b" * 64))
    cache.close()

    assert len(caplog.records) == 1
    again = FolderCache.open(tmp_path / "cache")
    assert (again.get(b"a"), again.vouchers()) == (FOLDER, {COMMIT})
    again.close()


def test_another_program_at_it_is_waited_for(tmp_path: Path) -> None:
    FolderCache.open(tmp_path / "cache").close()
    cache = FolderCache(sqlite3.connect(tmp_path / "cache", timeout=0))
    with closing(sqlite3.connect(tmp_path / "cache", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(CacheInUseError):
            cache.put(b"a", FOLDER)
    cache.close()


def test_what_a_lost_commit_vouched_for_is_unsure(tmp_path: Path) -> None:
    cache = FolderCache.open(tmp_path / "cache")
    read = msgspec.structs.replace(FOLDER, unsure=(b"file",))
    cache.put(b"a", read)
    cache.vouch(COMMIT)

    cache.disavow(COMMIT)
    cache.close()

    again = FolderCache.open(tmp_path / "cache")
    assert (again.get(b"a"), again.vouchers()) == (read, set())
    again.close()


def test_what_the_disk_changed_is_not_remembered(tmp_path: Path) -> None:
    cache = FolderCache.open(tmp_path / "cache")
    cache.put(b"a", FOLDER, SUMMARY)
    cache.put(b"b", FOLDER, SUMMARY)
    cache.vouch(COMMIT)
    cache.close()
    with closing(sqlite3.connect(tmp_path / "cache")) as changed:
        changed.execute("UPDATE folders SET node = ? WHERE path = ?", (b"m" * 32, b"a"))
        changed.execute(
            "UPDATE contents SET remembered = ? WHERE path = ?", (b"\x93\x80\x90\x90", b"a")
        )
        changed.commit()

    again = FolderCache.open(tmp_path / "cache")

    found = again.summary(b"a")
    assert (found and found.fingerprint, again.get(b"a")) == (b"", None)
    told = next(again.summaries(at_once=9))
    assert [path for path, each in told if each.vouched] == [b"b"]
    assert again.get(b"b") == FOLDER
    again.close()


def test_files_of_a_commit_that_was_not_made_are_told_apart_until_one_is() -> None:
    cache = FolderCache.in_memory()
    read = msgspec.structs.replace(FOLDER, unsure=(b"file",))
    cache.put(b"a", read)

    before = cache.get(b"a")
    cache.vouch(COMMIT)

    assert before == read
    assert set(read.committed().files) == {b"link"}
    assert cache.get(b"a") == FOLDER


def test_a_commit_vouches_for_what_was_put_before_it() -> None:
    cache = FolderCache.in_memory()
    cache.put(b"", FOLDER, SUMMARY)
    before = cache.summary(b"")
    cache.vouch(COMMIT)
    cache.put(b"later", FOLDER, SUMMARY)

    vouched, later = cache.summary(b""), cache.summary(b"later")

    assert before == SUMMARY
    assert vouched is not None
    assert vouched.vouched == COMMIT
    assert later is not None
    assert later.vouched is None
    assert cache.vouchers() == {COMMIT}


def test_a_folder_is_forgotten_with_what_is_below_it_and_nothing_beside() -> None:
    cache = FolderCache.in_memory()
    for path in (b"a", b"a/b", b"a/b/c", b"a b", b"a0", b"ab", b""):
        cache.put(path, FOLDER, SUMMARY)

    cache.forget(b"a")

    left = [path for some in cache.summaries(at_once=2) for path, _ in some]
    assert left == [b"", b"a b", b"a0", b"ab"]
    assert cache.get(b"a/b") is None
