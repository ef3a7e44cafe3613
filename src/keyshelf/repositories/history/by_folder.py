"""What changed between two commits, a line for each thing in a folder."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.history.changes import Change, ChangeKind, change_at, size_of
from keyshelf.repositories.history.diff import Diff, DiffOptions, pair_at
from keyshelf.repositories.history.folders import PathNotFolderError
from keyshelf.repositories.history.pairs import Pair, Pairs
from keyshelf.repositories.paths import components, joined, path_shown, path_text
from keyshelf.repositories.reading import Reader

_OPTIONS = DiffOptions(whole_folders=True)


@dataclass(frozen=True, slots=True)
class FolderChanges:
    """What happened to one thing in a folder, and to the files below it."""

    name: bytes
    before: Entry | None
    after: Entry | None
    kind: ChangeKind | None
    """What happened to it itself; None for a folder that only holds changes."""
    added: int = 0
    """Files. One that was moved elsewhere is removed here and added there."""
    changed: int = 0
    touched: int = 0
    removed: int = 0
    renamed: int = 0
    """Files, or whole folders of them, that were renamed below it."""
    others: int = 0
    """Folders and links that something happened to."""
    bytes_added: int = 0
    """Bytes of files that were added."""
    bytes_changed: int = 0
    """Bytes that files with other content have, all of each."""
    bytes_removed: int = 0
    """Bytes of files that were removed."""

    @property
    def size_before(self) -> int:
        """Bytes that it had, with all below it."""
        return size_of(self.before)

    @property
    def size_after(self) -> int:
        """Bytes that it has, with all below it."""
        return size_of(self.after)


async def changes_by_folder(
    reader: Reader,
    before: FolderEntry | None,
    after: FolderEntry | None,
    path: bytes = b"",
    *,
    start_after: bytes | None = None,
) -> AsyncIterator[FolderChanges]:
    """Give a line for each name in a folder where two roots differ, in the order of names.

    `start_after` is the last name of the page before; stop when a page is full. What came
    or went whole is counted without being read. Raises `PathNotFoundError`,
    `PathNotFolderError`, and what reading raises.
    """
    pair = await pair_at(reader, before, after, path)
    way = b"/".join(components(path))
    both = (pair.before, pair.after)
    nodes = [each.node if isinstance(each, FolderEntry) else None for each in both]
    if nodes == [None, None] and both != (None, None):
        raise PathNotFolderError(f"'{path_shown(way)}' is no folder", path=path_text(way))
    pairs = Pairs(reader, nodes[0], nodes[1])
    while child := await pairs.next():
        if start_after is None or child.name > start_after:
            yield await _line(reader, joined(way, child.name), child)


@dataclass(slots=True)
class _Count:
    files: int = 0
    bytes: int = 0


async def _line(reader: Reader, path: bytes, pair: Pair) -> FolderChanges:
    before, after = pair.before, pair.after
    counts = {kind: _Count() for kind in ChangeKind}
    itself = change_at(path, before, after)
    others = _count(itself, counts) if itself else 0
    if isinstance(before, FolderEntry) and isinstance(after, FolderEntry):
        async for change in Diff(reader, path, pair, _OPTIONS):
            others += _count(change, counts)
    return FolderChanges(
        name=pair.name,
        before=before,
        after=after,
        kind=itself.kind if itself else None,
        added=counts[ChangeKind.ADDED].files,
        changed=counts[ChangeKind.CHANGED].files,
        touched=counts[ChangeKind.TOUCHED].files,
        removed=counts[ChangeKind.REMOVED].files,
        renamed=counts[ChangeKind.RENAMED].files,
        others=others,
        bytes_added=counts[ChangeKind.ADDED].bytes,
        bytes_changed=counts[ChangeKind.CHANGED].bytes,
        bytes_removed=counts[ChangeKind.REMOVED].bytes,
    )


def _count(change: Change, counts: dict[ChangeKind, _Count]) -> int:
    """Count the files of a change; returns 1 if it happened to a folder or link, or else 0."""
    if change.kind is ChangeKind.REPLACED:
        _add(counts[ChangeKind.REMOVED], change.before)
        _add(counts[ChangeKind.ADDED], change.after)
    elif change.kind is ChangeKind.TOUCHED and isinstance(change.after, FolderEntry):
        pass  # the files below it were not
    else:
        is_gone = change.kind is ChangeKind.REMOVED
        _add(counts[change.kind], change.before if is_gone else change.after)
    entries = [each for each in (change.before, change.after) if each]
    return int(any(not isinstance(each, FileEntry) for each in entries))


def _add(count: _Count, entry: Entry | None) -> None:
    if isinstance(entry, FolderEntry):
        count.files += entry.files
    elif isinstance(entry, FileEntry):
        count.files += 1
    count.bytes += size_of(entry)
