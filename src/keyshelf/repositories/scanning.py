"""Looking at a folder: what is in it, without opening a file."""

import marshal
import os
import stat
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

from blake3 import blake3

from keyshelf.errors import ForbiddenError, NotFoundError

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
SETTLED_AFTER = 2_000_000_000
"""A time within so many nanoseconds of now may hide a later change within the same tick."""


class FolderUnreadableError(ForbiddenError):
    """A folder or file of the tree cannot be read; the detail names it and says why.

    Change its permissions, or name it in `.keyshelfignore`.
    """

    code = "unreadable-path"


class FolderMissingError(NotFoundError):
    """What is to be committed is not there; the detail names it. Correct it."""

    code = "folder-missing"


class Kind(Enum):
    """What a path is; the rest (sockets, pipes, devices) is not kept."""

    FILE = auto()
    FOLDER = auto()
    LINK = auto()
    OTHER = auto()


class Found(NamedTuple):
    """One thing in a folder, as the file system has it. A NamedTuple, for there are many."""

    name: bytes
    mode: int
    """Type and permissions."""
    inode: int
    size: int
    mtime: int
    """Nanoseconds since 1970."""
    ctime: int
    """Nanoseconds since 1970; unlike `mtime` nobody can set it back."""
    device: int
    """It may be another after the next start of the machine."""
    links: int
    """How many names it has."""
    blocks: int
    """Blocks of 512 bytes that it takes; fewer than its size in a file with holes."""

    @property
    def kind(self) -> Kind:
        """What it is."""
        return _KINDS.get(self.mode & _TYPE, Kind.OTHER)

    @property
    def permissions(self) -> int:
        """The twelve permission bits."""
        return self.mode & _PERMISSIONS

    @property
    def may_have_holes(self) -> bool:
        """Whether some of its bytes may be on no disk; compressed ones may look so too."""
        return self.blocks * 512 < self.size

    def is_settled(self, now: int) -> bool:
        """Say whether a change after `now`, in nanoseconds, will show in its times."""
        return self.ctime < now - SETTLED_AFTER


_KINDS = {stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.FOLDER, stat.S_IFLNK: Kind.LINK}
_TYPE, _PERMISSIONS = 0o170000, 0o7777
_IDENTIFYING = 6
"""How many fields of `Found` change whenever a thing does."""


def look(path: bytes) -> Found:
    """Look at one path, not following a link.

    Raises `FolderMissingError` and `FolderUnreadableError`.
    """
    try:
        return found_of(os.path.basename(path), os.lstat(path))
    except FileNotFoundError as error:
        raise FolderMissingError(f"there is no {shown(path)}") from error
    except OSError as error:
        raise unreadable(path, error) from error


def list_folder(path: bytes) -> list[Found]:
    """Return what is in a folder in the order of names' bytes.

    What vanishes meanwhile is left out. Raises `FolderUnreadableError`.
    """
    try:
        return [found_of(name, seen) for name, seen in _seen_in(path)]
    except OSError as error:
        raise unreadable(path, error) from error


def fingerprint(found: Sequence[Found]) -> bytes:
    """Return what is equal only for a folder in which nothing changed, those in it apart."""
    return _digest([each[:_IDENTIFYING] for each in found])


def fingerprint_of(path: bytes) -> bytes:
    """Return the fingerprint of a folder; empty when it cannot be listed. Made to be quick."""
    try:
        return _digest(
            [
                (name, seen.st_mode, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
                for name, seen in _seen_in(path)
            ]
        )
    except OSError:
        return b""  # whoever lists it to commit it is told why


def unreadable(path: bytes, error: OSError) -> FolderUnreadableError:
    """Return the error that tells a person why a path cannot be read."""
    return FolderUnreadableError(f"{shown(path)} cannot be read: {error.strerror}")


def shown(path: bytes) -> str:
    """Return a path as it can be printed."""
    return os.fsdecode(path).encode(errors="replace").decode()


def join(base: bytes, path: bytes) -> bytes:
    """Return where a path from the root is; the root itself is empty."""
    return os.path.join(base, path) if path else base


def found_of(name: bytes, seen: os.stat_result) -> Found:
    """Return what the file system says of something, by its name."""
    return Found(
        name,
        seen.st_mode,
        seen.st_ino,
        seen.st_size,
        seen.st_mtime_ns,
        seen.st_ctime_ns,
        seen.st_dev,
        seen.st_nlink,
        seen.st_blocks,
    )


def _seen_in(path: bytes) -> list[tuple[bytes, os.stat_result]]:
    # Names are looked up from the open folder: a fifth quicker than by whole paths.
    folder = os.open(path, _OPEN_FOLDER)
    try:
        seen: list[tuple[bytes, os.stat_result]] = []
        for name in sorted(os.listdir(path)):
            try:
                seen.append((name, os.stat(name, dir_fd=folder, follow_symlinks=False)))
            except FileNotFoundError:
                continue
        return seen
    finally:
        os.close(folder)


def _digest(rows: list[tuple[bytes | int, ...]]) -> bytes:
    # Version 2 writes equal values equally; later ones also tell which are one object.
    return blake3(marshal.dumps(rows, 2)).digest()
