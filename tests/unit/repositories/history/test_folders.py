"""What lies in a commit."""

from pathlib import Path

import pytest

from keyshelf.repositories.formats.entries import FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.history.folders import (
    PathNotFolderError,
    PathNotFoundError,
    find,
    list_folder,
    walk,
)
from tests.unit.repositories.history.kit import History, file_of, listed

pytestmark = pytest.mark.anyio


async def test_everything_in_a_committed_folder_is_found(tmp_path: Path) -> None:
    history = History()
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/c.txt").write_bytes(b"see")
    (tmp_path / "a/empty").mkdir()
    (tmp_path / "link").symlink_to("a/b")
    root = await history.commit(tmp_path)
    reader = history.reader()

    found = await find(reader, root, b"a/b/c.txt")
    assert isinstance(found, FileEntry)
    assert found.size == 3
    assert await find(reader, root, b"") == root
    kinds = [(path, type(entry)) for path, entry in await listed(walk(reader, root))]
    assert kinds == [
        (b"a", FolderEntry),
        (b"a/b", FolderEntry),
        (b"a/b/c.txt", FileEntry),
        (b"a/empty", FolderEntry),
        (b"link", LinkEntry),
    ]
    below = [path for path, _ in await listed(walk(reader, root, b"a/b/"))]
    assert below == [b"a/b/c.txt"]


async def test_the_missing_part_of_a_path_is_named() -> None:
    history = History()
    root = await history.tree({b"a/b/c": file_of(b"c")})
    reader = history.reader()

    with pytest.raises(PathNotFoundError) as missing:
        await find(reader, root, b"a/x\xff/y")
    assert missing.value.extras == {"path": r"a/x\xff"}
    with pytest.raises(PathNotFolderError) as no_folder:
        await find(reader, root, b"a/b/c/d")
    assert no_folder.value.extras == {"path": "a/b/c"}
    with pytest.raises(PathNotFolderError):
        await list_folder(reader, root, b"a/b/c", limit=1)


@pytest.mark.parametrize(("count", "limit"), [(0, 3), (1, 1), (7, 3), (600, 77)])
async def test_pages_of_a_folder_make_it_whole(count: int, limit: int) -> None:
    history = History()
    root = await history.tree({b"f/%04d" % each: file_of(b"x") for each in range(count)})
    if not count:
        root = await history.tree({b"f": root})
    reader = history.reader()

    names, after = list[bytes](), None
    while True:
        page = await list_folder(reader, root, b"f", after=after, limit=limit)
        names += [entry.name for entry in page.entries]
        assert len(page.entries) <= limit
        if (after := page.next) is None:
            break

    assert names == [b"%04d" % each for each in range(count)]


async def test_a_page_of_a_large_folder_reads_few_nodes() -> None:
    history = History()
    root = await history.tree({b"%06d" % each: file_of(b"x") for each in range(20_000)})

    reader = history.reader()
    page = await list_folder(reader, root, b"", after=b"015000", limit=100)

    assert [entry.name for entry in page.entries] == [b"%06d" % n for n in range(15_001, 15_101)]
    assert len(history.carrier.read) <= 8
