"""Which removed and added things are the same thing under another name."""

from collections import defaultdict
from collections.abc import Sequence

from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.history.changes import Change, ChangeKind

_COMPARED = 64
"""With how many of the removed a name is compared: many equal files have no true pairs."""


def with_renames(changes: Sequence[Change]) -> list[Change]:
    """Return changes with each removal and addition of one content joined to a rename.

    Of several with the same content, those of the same name are joined first, then those
    of the most similar paths. The order stays: a rename comes where it was added. What is
    empty is told by no content, and stays as it is.
    """
    removed: defaultdict[object, list[Change]] = defaultdict(list)
    added: defaultdict[object, list[Change]] = defaultdict(list)
    for change in changes:
        if change.kind is ChangeKind.REMOVED and (content := _content(change.before)):
            removed[content].append(change)
        elif change.kind is ChangeKind.ADDED and (content := _content(change.after)):
            added[content].append(change)
    source_of: dict[bytes, Change] = {}
    for content, arrived in added.items():
        if left := removed.get(content):
            source_of |= _joined(left, arrived)
    gone = {source.path for source in source_of.values()}
    return [
        _renamed(change, source_of)
        for change in changes
        if not (change.kind is ChangeKind.REMOVED and change.path in gone)
    ]


def _renamed(change: Change, source_of: dict[bytes, Change]) -> Change:
    source = source_of.get(change.path)
    if source is None or change.kind is not ChangeKind.ADDED:
        return change
    return Change(ChangeKind.RENAMED, change.path, source.before, change.after, source.path)


def _content(entry: Entry | None) -> object:
    """Return what tells a content from others; None for what is empty, and links."""
    match entry:
        case FileEntry(size=size) if size:
            return entry.hash, size
        case FolderEntry(files=files) if files:
            return entry.node
        case _:
            return None


def _joined(removed: Sequence[Change], added: Sequence[Change]) -> dict[bytes, Change]:
    """Return what each of the added was, by its path, as far as the removed go."""
    by_name: defaultdict[bytes, list[Change]] = defaultdict(list)
    for change in reversed(removed):
        by_name[_name(change.path)].append(change)
    found: dict[bytes, Change] = {}
    others: list[Change] = []
    for change in added:
        if same := by_name[_name(change.path)]:
            found[change.path] = same.pop()
        else:
            others.append(change)
    taken = {change.path for change in found.values()}
    left = [change for change in removed if change.path not in taken]
    for change in others:
        if not left:
            break
        near = max(left[:_COMPARED], key=lambda each: _likeness(each.path, change.path))
        left.remove(near)
        found[change.path] = near
    return found


def _name(path: bytes) -> bytes:
    return path.rpartition(b"/")[2]


def _likeness(one: bytes, other: bytes) -> int:
    return _shared(one, other) + _shared(one[::-1], other[::-1])


def _shared(one: bytes, other: bytes) -> int:
    """Return how many bytes two begin with alike."""
    for count, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return count
    return min(len(one), len(other))
