"""What changed, a line for each thing in a folder."""

import pytest

from keyshelf.repositories.formats.entries import Entry
from keyshelf.repositories.history.by_folder import FolderChanges, changes_by_folder
from keyshelf.repositories.history.changes import ChangeKind
from keyshelf.repositories.history.folders import PathNotFolderError, PathNotFoundError
from tests.unit.repositories.history.kit import History, file_of, link_to, listed

pytestmark = pytest.mark.anyio
BEFORE: dict[bytes, Entry] = {
    b"audio/a": file_of(b"12345"),
    b"gone/deep/a": file_of(b"123"),
    b"same/a": file_of(b"1"),
    b"video/deep/moved": file_of(b"to another name"),
    b"video/edited": file_of(b"old"),
    b"video/lost": file_of(b"1234"),
    b"video/touched": file_of(b"t"),
    b"swap": file_of(b"12"),
}
AFTER: dict[bytes, Entry] = {
    b"audio/a": file_of(b"12345", mode=0o600),
    b"same/a": file_of(b"1"),
    b"swap/now": file_of(b"a folder"),
    b"top": file_of(b"1234567"),
    b"video/edited": file_of(b"longer"),
    b"video/link": link_to(b"x"),
    b"video/other/moved": file_of(b"to another name"),
    b"video/touched": file_of(b"t", mode=0o600),
    b"video/new/one": file_of(b"1"),
    b"video/new/two": file_of(b"22"),
}


async def lines(path: bytes = b"", *, start_after: bytes | None = None) -> list[FolderChanges]:
    history = History()
    roots = [await history.tree(BEFORE), await history.tree(AFTER)]
    return await listed(
        changes_by_folder(history.reader(), roots[0], roots[1], path, start_after=start_after)
    )


async def test_each_thing_has_its_line() -> None:
    found = {line.name: line for line in await lines()}

    assert list(found) == [b"audio", b"gone", b"swap", b"top", b"video"]
    assert (found[b"audio"].kind, found[b"audio"].touched) == (None, 1)
    gone = found[b"gone"]
    assert (gone.kind, gone.removed, gone.bytes_removed) == (ChangeKind.REMOVED, 1, 3)
    swap = found[b"swap"]
    assert (swap.kind, swap.removed, swap.added) == (ChangeKind.REPLACED, 1, 1)
    assert (swap.size_before, swap.size_after) == (2, 8)
    top = found[b"top"]
    assert (top.kind, top.added, top.bytes_added) == (ChangeKind.ADDED, 1, 7)
    video = found[b"video"]
    assert (video.added, video.changed, video.touched, video.removed) == (2, 1, 1, 1)
    assert (video.bytes_added, video.bytes_changed, video.bytes_removed) == (3, 6, 4)
    assert (video.renamed, video.others) == (1, 3)


async def test_a_page_goes_on_after_a_name() -> None:
    assert [line.name for line in await lines(start_after=b"swap")] == [b"top", b"video"]


async def test_lines_of_a_folder_below_are_told() -> None:
    names = [line.name for line in await lines(b"video")]

    assert names == [b"deep", b"edited", b"link", b"lost", b"new", b"other", b"touched"]
    assert [line.name for line in await lines(b"gone")] == [b"deep"]


async def test_only_a_folder_has_lines() -> None:
    with pytest.raises(PathNotFolderError):
        await lines(b"top")
    with pytest.raises(PathNotFoundError):
        await lines(b"nowhere")


async def test_two_empty_commits_have_none() -> None:
    assert await listed(changes_by_folder(History().reader(), None, None)) == []
