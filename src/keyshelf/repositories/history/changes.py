"""A change between two commits, and what kind of change it is."""

from dataclasses import dataclass
from enum import StrEnum

from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry, LinkEntry


class ChangeKind(StrEnum):
    """What happened at a path."""

    ADDED = "added"
    CHANGED = "changed"
    """Other bytes of a file, or another target of a link."""
    TOUCHED = "touched"
    """The same content with another mode, time or other attribute."""
    REMOVED = "removed"
    RENAMED = "renamed"
    """The content of something that was removed, and maybe other attributes."""
    REPLACED = "replaced"
    """A file, a folder or a link by another of these."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened at one path."""

    kind: ChangeKind
    path: bytes
    """From the root; where it was before, if it was removed."""
    before: Entry | None
    after: Entry | None
    source: bytes | None = None
    """Where it was before it was renamed."""

    @property
    def size_before(self) -> int:
        """Bytes that it had, those below a folder included."""
        return size_of(self.before)

    @property
    def size_after(self) -> int:
        """Bytes that it has, those below a folder included."""
        return size_of(self.after)


def size_of(entry: Entry | None) -> int:
    """Return the bytes of an entry and of everything below it."""
    return entry.size if isinstance(entry, FileEntry | FolderEntry) else 0


def change_at(path: bytes, before: Entry | None, after: Entry | None) -> Change | None:
    """Return what happened to an entry itself; None when nothing did.

    What is below two folders does not count.
    """
    kind = _kind(before, after)
    return Change(kind, path, before, after) if kind else None


def _kind(before: Entry | None, after: Entry | None) -> ChangeKind | None:
    if before == after:
        return None
    if before is None:
        return ChangeKind.ADDED
    if after is None:
        return ChangeKind.REMOVED
    match before, after:
        case FileEntry(), FileEntry():
            is_same = (before.size, before.hash) == (after.size, after.hash)
        case LinkEntry(), LinkEntry():
            is_same = before.target == after.target
        case FolderEntry(), FolderEntry():
            if _attributes(before) == _attributes(after):
                return None
            is_same = True
        case _:
            return ChangeKind.REPLACED
    return ChangeKind.TOUCHED if is_same else ChangeKind.CHANGED


def _attributes(folder: FolderEntry) -> tuple[object, ...]:
    return folder.mode, folder.mtime, folder.xattrs
