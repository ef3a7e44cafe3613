"""Judging what lies where something belongs: right, ours to replace, or somebody's work."""

import os
import stat
from enum import Enum, auto

from keyshelf.repositories.cache import COMPARE, RememberedFile
from keyshelf.repositories.checkout.places import PERMISSIONS, OpenFolder, has_xattrs
from keyshelf.repositories.formats.entries import FileEntry, FolderEntry, LinkEntry

TICK = 20_000_000
"""Nanoseconds within which two changes of a file may carry the same time."""


class Verdict(Enum):
    """What has to be done about one name."""

    RIGHT = auto()
    """Nothing."""
    ADJUST = auto()
    """The bytes are right; permissions, times or attributes are not."""
    WRITE = auto()
    """Nothing is there, or what a commit or checkout of this folder left there."""
    CLEAR = auto()
    """There is a folder, and none belongs there."""
    BLOCKED = auto()
    """There is something that no commit is known to hold."""


def judge_file(
    place: OpenFolder,
    entry: FileEntry,
    seen: os.stat_result | None,
    known: RememberedFile | None,
    *,
    paranoid: bool,
) -> Verdict:
    """Judge what is where a file belongs; reads it only where its looks do not tell."""
    if seen is None:
        return Verdict.WRITE
    if stat.S_ISDIR(seen.st_mode):
        return Verdict.CLEAR
    looks_known = known is not None and looks_as(known, seen)
    if known is not None and looks_known and not paranoid:
        if isinstance(known.entry, FileEntry) and (known.entry.content, known.entry.size) == (
            entry.content,
            entry.size,
        ):
            return _right(place, entry, seen, known)
        return Verdict.WRITE
    if stat.S_ISREG(seen.st_mode) and _holds(place, entry, seen):
        return _right(place, entry, seen, None)
    is_ours = looks_known or is_known(place, entry.name, seen, known)
    return Verdict.WRITE if is_ours else Verdict.BLOCKED


def judge_link(
    place: OpenFolder,
    entry: LinkEntry,
    seen: os.stat_result | None,
    known: RememberedFile | None,
) -> Verdict:
    """Judge what is where a symbolic link belongs."""
    if seen is None:
        return Verdict.WRITE
    if stat.S_ISDIR(seen.st_mode):
        return Verdict.CLEAR
    if stat.S_ISLNK(seen.st_mode) and _target(place, entry.name) == entry.target:
        return Verdict.RIGHT if seen.st_mtime_ns == entry.mtime else Verdict.ADJUST
    return Verdict.WRITE if is_known(place, entry.name, seen, known) else Verdict.BLOCKED


def judge_folder(
    place: OpenFolder,
    entry: FolderEntry,
    seen: os.stat_result | None,
    known: RememberedFile | None,
) -> Verdict:
    """Judge what is where a folder belongs; a folder is right whatever is in it."""
    if seen is None:
        return Verdict.WRITE
    if stat.S_ISDIR(seen.st_mode):
        return Verdict.RIGHT
    return Verdict.WRITE if is_known(place, entry.name, seen, known) else Verdict.BLOCKED


def is_known(
    place: OpenFolder, name: bytes, seen: os.stat_result, known: RememberedFile | None
) -> bool:
    """Say whether a file or link is still what a commit or checkout recorded of it."""
    if known is None:
        return False
    if isinstance(known.entry, LinkEntry):
        return stat.S_ISLNK(seen.st_mode) and _target(place, name) == known.entry.target
    if not stat.S_ISREG(seen.st_mode):
        return False
    return looks_as(known, seen) or _holds(place, known.entry, seen)


def looks_as(known: RememberedFile, seen: os.stat_result) -> bool:
    """Say whether a file looks as it was recorded, so that its bytes must be the same."""
    entry = known.entry
    return (
        isinstance(entry, FileEntry)
        and stat.S_ISREG(seen.st_mode)
        and (seen.st_ino, seen.st_ctime_ns, seen.st_size, seen.st_mtime_ns)
        == (known.inode, known.ctime, entry.size, entry.mtime)
    )


def remembered(entry: FileEntry | LinkEntry, seen: os.stat_result) -> RememberedFile:
    """Return the record of what holds an entry.

    A write in the very tick of `ctime` would leave `ctime` as it is, but not `mtime`,
    which is older; where it is not, the record asks for a look at the content.
    """
    is_telling = abs(seen.st_ctime_ns - seen.st_mtime_ns) > TICK
    return RememberedFile(seen.st_ino, seen.st_ctime_ns if is_telling else COMPARE, entry)


def kept_or_new(
    old: RememberedFile | None, entry: FileEntry | LinkEntry, seen: os.stat_result
) -> RememberedFile:
    """Return a record; the one that there is stays when it tells as much."""
    new = remembered(entry, seen)
    is_old = old is not None and (old.entry, old.inode) == (new.entry, new.inode)
    return old if old is not None and is_old and old.ctime == seen.st_ctime_ns else new


def _right(
    place: OpenFolder, entry: FileEntry, seen: os.stat_result, known: RememberedFile | None
) -> Verdict:
    looks = stat.S_IMODE(seen.st_mode), seen.st_mtime_ns
    if looks != (entry.mode & PERMISSIONS, entry.mtime):
        return Verdict.ADJUST
    if not entry.xattrs or (known is not None and known.entry.xattrs == entry.xattrs):
        return Verdict.RIGHT
    descriptor = place.open(entry.name)
    try:
        return Verdict.RIGHT if has_xattrs(descriptor, entry.xattrs) else Verdict.ADJUST
    finally:
        os.close(descriptor)


def _holds(place: OpenFolder, entry: FileEntry, seen: os.stat_result) -> bool:
    if seen.st_size != entry.size:
        return False
    return entry.size == 0 or place.digest(entry.name) == entry.hash


def _target(place: OpenFolder, name: bytes) -> bytes | None:
    try:
        return os.readlink(name, dir_fd=place.descriptor)
    except OSError:
        return None  # it is no link any more
