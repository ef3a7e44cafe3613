"""Going through a folder in the order in which it is committed, a batch at a time."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from keyshelf.clock import Clock
from keyshelf.errors import InvalidInputError
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.cache import FolderCache, RememberedFile, RememberedFolder
from keyshelf.repositories.commit.ignoring import FILE_NAME, Ignored
from keyshelf.repositories.commit.xattrs import xattrs_of
from keyshelf.repositories.formats.entries import FileEntry, FolderEntry, LinkEntry, Xattrs
from keyshelf.repositories.scanning import (
    FolderUnreadableError,
    Found,
    Kind,
    fingerprint,
    join,
    list_folder,
    look,
    shown,
    unreadable,
)

LARGE_BYTES = 8 * 1024 * 1024
"""A larger file is sent piece by piece, and is a batch of its own."""
_STEPS_AT_ONCE = 512
_DEEPEST = 256


class TooDeepError(InvalidInputError):
    """Folders lie in each other more deeply than a repository holds; the detail names one."""

    code = "folders-too-deep"


@dataclass(frozen=True, slots=True)
class Enter:
    """A folder begins; everything until its `Leave` is in it."""

    path: bytes
    """From the root, which is empty."""
    found: Found
    listing: list[Found]
    now: int
    """When it was listed: nanoseconds since 1970."""
    rules: bytes
    xattrs: Xattrs
    remembered: RememberedFolder | None

    def fingerprint(self) -> bytes:
        """Return its fingerprint; empty when a later change might not show, or must be told."""
        for found in self.listing:
            if found.kind is Kind.OTHER or not found.is_settled(self.now):
                return b""
        return fingerprint(self.listing)


class File(NamedTuple):
    """A file. A NamedTuple, for there are many."""

    path: bytes
    found: Found
    link: bytes | None
    """Where its first name is, when it has several."""
    xattrs: Xattrs
    known: FileEntry | None
    """Its entry as it was, when it need not be read."""
    is_vouched: bool
    """Whether a commit that still counts holds what is known."""
    is_expected: bool = False
    """Whether it is read although it looks as it did: its chunks are most likely there."""


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    found: Found
    entry: LinkEntry


@dataclass(frozen=True, slots=True)
class Same:
    """A folder in which nothing changed at any depth."""

    entry: FolderEntry


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is not kept: a socket, a pipe, a device."""

    path: bytes


@dataclass(frozen=True, slots=True)
class Leave:
    """The folder that was entered last ends."""


Step = Enter | File | Link | Same | Left | Leave


@dataclass(frozen=True, slots=True)
class Known:
    """What need not be looked at again."""

    changed: set[bytes] | None
    """Folders in which something changed at some depth; None when any may be."""
    vouchers: set[CommitHash]
    """Commits that still count."""
    is_distrusted: bool = False
    """Whether everything is read whatever is remembered."""


@dataclass(slots=True)
class Walk:
    """Gives the steps through a folder. Serves one thread at a time."""

    base: bytes
    cache: FolderCache
    known: Known
    clock: Clock
    with_xattrs: bool
    own: frozenset[bytes] = frozenset()
    _linked: dict[tuple[int, int], bytes] = field(default_factory=dict[tuple[int, int], bytes])
    """Where the first name was of each file that has several."""
    _steps: Iterator[Step] | None = None
    _held: Step | None = None
    """A step that was too large for the batch before."""

    def next_batch(self) -> list[Step]:
        """Return the next steps: some hundred, or about 8 MiB to read; none at the end."""
        batch: list[Step] = []
        size = 0
        while len(batch) < _STEPS_AT_ONCE and size < LARGE_BYTES:
            step = self._next()
            if step is None:
                break
            more = step.found.size if isinstance(step, File) and step.known is None else 0
            if batch and more > LARGE_BYTES:
                self._held = step
                break
            batch.append(step)
            size += more
        return batch

    def _next(self) -> Step | None:
        if self._held is not None:
            held, self._held = self._held, None
            return held
        if self._steps is None:
            rules = Ignored.at_root(b"with attributes" if self.with_xattrs else b"", self.own)
            self._steps = self._folder(b"", look(self.base), rules)
        return next(self._steps, None)

    def _folder(self, path: bytes, found: Found, above: Ignored) -> Iterator[Step]:
        place = self._place(path)
        xattrs = xattrs_of(place) if self.with_xattrs else None
        if same := self._unchanged(path, found, above.digest, xattrs):
            yield same
            return
        if path.count(b"/") >= _DEEPEST:
            raise TooDeepError(f"{shown(place)} lies in more than {_DEEPEST} folders")
        now = int(self.clock().timestamp() * 1e9)
        try:
            listing = list_folder(place)
        except FolderUnreadableError as error:
            if path and isinstance(error.__cause__, FileNotFoundError):
                return  # it vanished since the folder above was listed
            raise
        ignored = above
        if any(each.name == FILE_NAME and each.kind is Kind.FILE for each in listing):
            ignored = above.within(path, place)
        remembered = self.cache.get(path)
        trusted = None if self.known.is_distrusted else remembered
        yield Enter(path, found, listing, now, above.digest, xattrs, trusted)
        summary = self.cache.summary(path) if trusted else None
        is_vouched = summary is not None and summary.vouched in self.known.vouchers
        for each in listing:
            below = join(path, each.name) if path else each.name
            if not ignored.ignores(below, is_folder=each.kind is Kind.FOLDER):
                yield from self._one(below, each, ignored, remembered, is_vouched=is_vouched)
        yield Leave()

    def _one(
        self,
        path: bytes,
        found: Found,
        ignored: Ignored,
        remembered: RememberedFolder | None,
        *,
        is_vouched: bool,
    ) -> Iterator[Step]:
        match found.kind:
            case Kind.FOLDER:
                yield from self._folder(path, found, ignored)
            case Kind.LINK:
                yield from self._link(path, found)
            case Kind.FILE:
                known = remembered.files.get(found.name) if remembered else None
                xattrs = xattrs_of(self._place(path)) if self.with_xattrs else None
                entry = known.entry if known and is_same(found, known) else None
                entry = entry if isinstance(entry, FileEntry) else None
                link = self._first_name(path, found)
                file = File(path, found, link, xattrs, entry, is_vouched)
                if self.known.is_distrusted:
                    file = file._replace(known=None, is_expected=entry is not None)
                yield file
            case Kind.OTHER:
                yield Left(path)

    def _link(self, path: bytes, found: Found) -> Iterator[Step]:
        try:
            target = os.readlink(self._place(path))
        except FileNotFoundError:  # it vanished since it was listed
            return
        except OSError as error:
            raise unreadable(self._place(path), error) from error
        yield Link(found, LinkEntry(found.name, found.permissions, found.mtime, target))

    def _unchanged(self, path: bytes, found: Found, rules: bytes, xattrs: Xattrs) -> Same | None:
        if self.known.changed is None or path in self.known.changed:
            return None
        summary = self.cache.summary(path)
        if summary is None or summary.rules != rules:
            return None
        return Same(
            FolderEntry(
                found.name if path else b"",
                found.permissions,
                found.mtime,
                summary.node,
                summary.files,
                summary.size,
                xattrs,
            )
        )

    def _first_name(self, path: bytes, found: Found) -> bytes | None:
        if found.links < 2:
            return None
        return self._linked.setdefault((found.device, found.inode), path)

    def _place(self, path: bytes) -> bytes:
        return join(self.base, path)


def is_same(found: Found, remembered: RememberedFile) -> bool:
    """Say whether a file or link looks as it did when it was read."""
    if (found.inode, found.ctime) != (remembered.inode, remembered.ctime):
        return False
    entry = remembered.entry
    is_size = isinstance(entry, LinkEntry) or found.size == entry.size
    return is_size and found.mtime == entry.mtime
