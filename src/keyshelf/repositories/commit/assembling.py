"""Putting folders together from the steps of a walk and what their files became."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from keyshelf.repositories.cache import (
    COMPARE,
    FolderCache,
    RememberedFile,
    RememberedFolder,
    Summary,
)
from keyshelf.repositories.commit.files import FileContent
from keyshelf.repositories.commit.walk import Enter, File, Leave, Left, Link, Same, Step
from keyshelf.repositories.formats.entries import (
    HAS_HOLES,
    Entry,
    FileEntry,
    FolderEntry,
    LinkEntry,
)
from keyshelf.repositories.formats.nodes import NodeKind
from keyshelf.repositories.scanning import Found, shown
from keyshelf.repositories.trees import PutNode, TreeBuilder


@dataclass(slots=True)
class _Open:
    """A folder that was entered and not left yet."""

    enter: Enter
    builder: TreeBuilder[Entry]
    files: int = 0
    size: int = 0
    has_links: bool = False
    read: dict[bytes, RememberedFile] = field(default_factory=dict[bytes, RememberedFile])
    unsure: list[bytes] = field(default_factory=list[bytes])
    """Which of what was read is in no commit, as far as is known."""
    folders: list[bytes] = field(default_factory=list[bytes])

    def add(self, entry: Entry) -> None:
        """Take the next entry."""
        self.builder.add(entry)
        match entry:
            case FileEntry():
                self.files += 1
                self.size += entry.size
            case FolderEntry():
                self.files += entry.files
                self.size += entry.size
                self.folders.append(entry.name)
            case _:
                return

    def remember(self, found: Found, entry: Entry) -> None:
        """Remember a file or link, and whether a later change of it will show."""
        if not isinstance(entry, FolderEntry):
            ctime = found.ctime if found.is_settled(self.enter.now) else COMPARE
            self.read[found.name] = RememberedFile(found.inode, ctime, entry)
            if not self._is_committed(entry):
                self.unsure.append(found.name)

    def remembered(self) -> RememberedFolder:
        """Return what was read of it, and of the rest what was remembered before."""
        before = self.enter.remembered or RememberedFolder({})
        unsure = (*(name for name in before.unsure if name not in self.read), *self.unsure)
        folders = tuple(sorted({*before.folders, *self.folders}))
        return RememberedFolder({**before.files, **self.read}, folders, unsure)

    def _is_committed(self, entry: FileEntry | LinkEntry) -> bool:
        before = self.enter.remembered
        old = before.files.get(entry.name) if before else None
        if before is None or old is None or entry.name in before.unsure:
            return False
        return _bytes_of(old.entry) == _bytes_of(entry)


@dataclass(slots=True)
class Assembler:
    """Takes steps in order; remembers each folder when it ends. Its nodes go to `put`."""

    put: PutNode
    cache: FolderCache
    root: FolderEntry | None = None
    """The whole, when all steps were taken."""
    skipped: list[str] = field(default_factory=list[str])
    _open: list[_Open] = field(default_factory=list[_Open])

    def take(self, steps: Iterable[Step], contents: Iterable[FileContent | None]) -> None:
        """Take steps, with what those of them that are files became."""
        became = iter(contents)
        for step in steps:
            match step:
                case File():
                    self._file(step, next(became))
                case Enter():
                    builder = TreeBuilder[Entry](NodeKind.FOLDER, self.put)
                    self._open.append(_Open(step, builder))
                case Link():
                    self._open[-1].remember(step.found, step.entry)
                    self._open[-1].add(step.entry)
                case Same():
                    self._add_folder(step.entry)
                case Left():
                    self.skipped.append(shown(step.path))
                case Leave():
                    self._leave(self._open.pop())

    def remember_open(self) -> None:
        """Remember what was read so far in folders that did not end yet."""
        for folder in self._open:
            if folder.read:
                self.cache.put(folder.enter.path, folder.remembered())

    def _file(self, step: File, content: FileContent | None) -> None:
        if content is None:
            return
        found, folder = content.found, self._open[-1]
        entry = FileEntry(
            found.name,
            found.permissions,
            found.mtime,
            found.size,
            content.content,
            content.depth,
            content.hash,
            HAS_HOLES if content.has_holes else 0,
            step.link,
            step.xattrs,
        )
        folder.has_links |= step.link is not None
        folder.remember(found, entry)
        folder.add(entry)

    def _leave(self, folder: _Open) -> None:
        node, enter = folder.builder.finish().id, folder.enter
        if enter.remembered is not None:
            for gone in set(enter.remembered.folders) - set(folder.folders):
                self.cache.forget(os.path.join(enter.path, gone))
        self.cache.put(
            enter.path,
            RememberedFolder(folder.read, tuple(folder.folders), tuple(folder.unsure)),
            Summary(
                enter.fingerprint(),
                enter.rules,
                node,
                folder.files,
                folder.size,
                len(enter.listing),
                folder.has_links,
            ),
        )
        name = enter.found.name if enter.path else b""
        permissions, mtime = enter.found.permissions, enter.found.mtime
        self._add_folder(
            FolderEntry(name, permissions, mtime, node, folder.files, folder.size, enter.xattrs)
        )

    def _add_folder(self, entry: FolderEntry) -> None:
        if self._open:
            self._open[-1].add(entry)
        else:
            self.root = entry


def _bytes_of(entry: FileEntry | LinkEntry) -> tuple[bytes | None, int]:
    if isinstance(entry, LinkEntry):
        return entry.target, -1
    return entry.content, entry.size
