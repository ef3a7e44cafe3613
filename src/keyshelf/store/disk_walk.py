"""A walk through a disk store in the order of its keys, in bounded memory.

Within a folder, a file sorts as its segment and a folder as its segment with a
slash, which gives the order of whole keys. Nothing is kept open between pages:
a folder is opened again by its path, and one that is gone is empty.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from keyshelf.store.disk_names import OWN_FOLDER, Names, is_continued, read_names, spell
from keyshelf.store.disk_tree import Tree
from keyshelf.store.local_rules import Folder, is_key

_MAX_OPEN_FOLDERS = 32


@dataclass(slots=True)
class _Frame:
    """A folder on the way, and which of its entries come next."""

    base: bytes
    names: Names
    start_after: bytes | None
    """Where the walk starts, when that is in this folder."""
    start: bytes
    """What entries begin with."""
    last: bytes | None = None
    """The last entry that was given."""
    waiting: Iterator[bytes] = field(default_factory=lambda: iter(()))
    more: bool = True
    folder: int | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """A key that a file was found for; `folder` is open until the walk goes on."""

    key: bytes
    folder: int
    segment: bytes


class Walk:
    """Gives the keys under a prefix, or with `folded` the folders one level below it."""

    def __init__(
        self,
        tree: Tree,
        *,
        prefix: bytes,
        start_after: bytes | None,
        folded: bool,
        window: int,
    ) -> None:
        self._tree = tree
        self._prefix = prefix
        self._start_after = start_after
        self._folded = folded
        self._window = window
        top = prefix[: prefix.rfind(b"/") + 1]
        self._stack: list[_Frame] = []
        if self._may_hold(top):
            self._stack.append(self._frame(top, _folder_names(top), start=prefix[len(top) :]))

    def __iter__(self) -> Iterator[Located | Folder]:
        """Give what comes next; the walk goes on where it stopped."""
        while self._stack:
            frame = self._stack[-1]
            entry = self._next(frame)
            if entry is None:
                self._close(self._stack.pop())
            elif not entry.endswith(b"/"):
                located = self._locate(frame, entry)
                if located is not None:
                    yield located
            elif self._may_hold(frame.base + entry):
                below = frame.base + entry
                if not self._folded:
                    self._stack.append(self._frame(below, frame.names + spell(entry[:-1])))
                elif self._holds_any(below):
                    yield Folder(prefix=below.decode())

    def release(self) -> None:
        """Close all folders until the walk goes on."""
        for frame in self._stack:
            self._close(frame)

    def _frame(self, base: bytes, names: Names, *, start: bytes = b"") -> _Frame:
        for outer in self._stack[:-_MAX_OPEN_FOLDERS]:
            self._close(outer)
        after = self._start_after
        inside = after is not None and after.startswith(base)
        return _Frame(
            base=base,
            names=names,
            start_after=after[len(base) :] if after is not None and inside else None,
            start=start,
        )

    def _may_hold(self, base: bytes) -> bool:
        """Say whether keys below `base` come after the start."""
        after = self._start_after
        return after is None or base > after or after.startswith(base)

    def _holds_any(self, base: bytes) -> bool:
        below = Walk(
            self._tree,
            prefix=base,
            start_after=self._start_after,
            folded=False,
            window=self._window,
        )
        try:
            return next(iter(below), None) is not None
        finally:
            below.release()

    def _locate(self, frame: _Frame, segment: bytes) -> Located | None:
        key = frame.base + segment
        folder = self._opened(frame)
        if folder is None or not is_key(key):
            return None
        return Located(key=key, folder=folder, segment=segment)

    def _next(self, frame: _Frame) -> bytes | None:
        while True:
            entry = next(frame.waiting, None)
            if entry is not None:
                frame.last = entry
                return entry
            if not frame.more:
                return None
            found, frame.more = self._scan(frame)
            frame.waiting = iter(found)

    def _scan(self, frame: _Frame) -> tuple[list[bytes], bool]:
        """Return the next entries in order, a window of them, and whether there are more."""
        folder = self._opened(frame)
        if folder is None:
            return [], False
        found: set[bytes] = set()
        cut = False
        for entry in _entries(folder, top=not frame.names):
            if _is_next(frame, entry):
                found.add(entry)
                if len(found) >= 2 * self._window:
                    found = set(sorted(found)[: self._window])
                    cut = True
        ordered = sorted(found)
        if cut:
            # What is past the window may not be complete: it is scanned again.
            del ordered[self._window :]
        return ordered, cut

    def _opened(self, frame: _Frame) -> int | None:
        if frame.folder is None:
            try:
                frame.folder = self._tree.open_folder(frame.names)
            except (FileNotFoundError, NotADirectoryError):
                return None
        return frame.folder

    def _close(self, frame: _Frame) -> None:
        if frame.folder is not None:
            os.close(frame.folder)
            frame.folder = None


def _folder_names(prefix: bytes) -> Names:
    return tuple(name for segment in prefix.split(b"/")[:-1] for name in spell(segment))


def _is_next(frame: _Frame, entry: bytes) -> bool:
    if not entry.startswith(frame.start) or (frame.last is not None and entry <= frame.last):
        return False
    after = frame.start_after
    if after is None or entry > after:
        return True
    # The walk may start inside this folder.
    return entry.endswith(b"/") and after.startswith(entry)


def _entries(folder: int, *, top: bool) -> Iterator[bytes]:
    """Give the segments in a folder, those of folders with a slash."""
    for names, is_folder in _named(folder, ()):
        if top and names[0] == OWN_FOLDER:
            continue
        read = read_names(names)
        if read is None:
            continue
        segment, aside = read
        if not is_folder:
            yield segment
        elif not aside:
            yield segment + b"/"


def _named(folder: int, above: Names) -> Iterator[tuple[Names, bool]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = os.fsencode(entry.name)
            if entry.is_file(follow_symlinks=False):
                yield (*above, name), False
            elif not entry.is_dir(follow_symlinks=False):
                continue
            elif b"%" in name and is_continued(name):
                yield from _continued(folder, (*above, name))
            else:
                yield (*above, name), True


def _continued(folder: int, above: Names) -> Iterator[tuple[Names, bool]]:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        inner = os.open(above[-1], flags, dir_fd=folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        yield from _named(inner, above)
    finally:
        os.close(inner)
