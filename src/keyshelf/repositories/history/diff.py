"""What differs between two commits, reading only what differs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from keyshelf.repositories.formats.entries import Entry, FolderEntry
from keyshelf.repositories.history.changes import Change, change_at
from keyshelf.repositories.history.folders import PathNotFolderError, PathNotFoundError, find
from keyshelf.repositories.history.pairs import Pair, Pairs
from keyshelf.repositories.history.renames import with_renames
from keyshelf.repositories.paths import components, joined
from keyshelf.repositories.reading import Reader


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """How a difference is told."""

    whole_folders: bool = False
    """Tell a folder that came or went as one change, which says how much it holds."""
    most_held: int = 100_000
    """Among how many changes renames are looked for; 0 looks for none."""


class Diff:
    """The changes from one commit to another: iterate over it once.

    They come in the order of a walk: by the bytes of names, folders before what is in
    them. Where two folders are at the path that was asked for, what is below them is told
    and not they themselves.

    Up to `most_held` changes are held until all are known, so that what was removed in
    one place and added in another is told as renamed. Of more, `are_renames_complete`
    turns False: the first are told with the renames among them, the rest as it comes.
    """

    def __init__(self, reader: Reader, path: bytes, pair: Pair, options: DiffOptions) -> None:
        """`pair` is what both have at `path`."""
        self.are_renames_complete = True
        self._changes = _Changes(reader, path, pair, whole_folders=options.whole_folders)
        self._most_held = options.most_held

    async def __aiter__(self) -> AsyncIterator[Change]:
        held: list[Change] = []
        while change := await self._changes.next():
            if self.are_renames_complete:
                held.append(change)
                if len(held) <= self._most_held:
                    continue
                self.are_renames_complete = False
                change = held.pop()
                for each in with_renames(held):
                    yield each
                held = []
            yield change
        for each in with_renames(held):
            yield each


async def diff(
    reader: Reader,
    before: FolderEntry | None,
    after: FolderEntry | None,
    *,
    path: bytes = b"",
    options: DiffOptions | None = None,
) -> Diff:
    """Return what differs between two roots at a path and below it; None is an empty root.

    Raises `PathNotFoundError` when neither has the path; iterating raises what reading does.
    """
    pair = await pair_at(reader, before, after, path)
    return Diff(reader, b"/".join(components(path)), pair, options or DiffOptions())


async def pair_at(
    reader: Reader, before: FolderEntry | None, after: FolderEntry | None, path: bytes
) -> Pair:
    """Return what two roots have at a path. Raises `PathNotFoundError` when neither has it."""
    names = components(path)
    if not names:
        return Pair(b"", before, after)
    missing: list[Exception] = []
    found: list[Entry | None] = []
    for root in (before, after):
        try:
            found.append(await find(reader, root, path) if root else None)
        except (PathNotFoundError, PathNotFolderError) as error:
            missing.append(error)
            found.append(None)
    if missing and found == [None, None]:
        raise missing[-1]
    return Pair(names[-1], found[0], found[1])


class _Changes:
    """Walks two trees side by side: `next` until it returns None."""

    def __init__(self, reader: Reader, path: bytes, pair: Pair, *, whole_folders: bool) -> None:
        self._reader = reader
        self._whole_folders = whole_folders
        self._stack: list[tuple[bytes, Pairs]] = []
        self._first: Change | None = None
        if all(each is None or isinstance(each, FolderEntry) for each in (pair.before, pair.after)):
            self._descend(path, pair.before, pair.after)
        else:
            self._first = self._told(path, pair.before, pair.after)

    async def next(self) -> Change | None:
        if self._first:
            first, self._first = self._first, None
            return first
        while self._stack:
            folder, pairs = self._stack[-1]
            pair = await pairs.next()
            if pair is None:
                self._stack.pop()
                continue
            if change := self._told(joined(folder, pair.name), pair.before, pair.after):
                return change
        return None

    def _told(self, path: bytes, before: Entry | None, after: Entry | None) -> Change | None:
        is_both = isinstance(before, FolderEntry) and isinstance(after, FolderEntry)
        if is_both or not self._whole_folders:
            self._descend(path, before, after)
        return change_at(path, before, after)

    def _descend(self, path: bytes, before: Entry | None, after: Entry | None) -> None:
        nodes = [each.node if isinstance(each, FolderEntry) else None for each in (before, after)]
        if nodes[0] != nodes[1]:
            self._stack.append((path, Pairs(self._reader, nodes[0], nodes[1])))
