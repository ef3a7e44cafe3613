"""Looking at a folder: what is in it, without opening a file."""

import os
import stat
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from blake3 import blake3

from keyshelf.errors import InvalidInputError


class FolderUnreadableError(InvalidInputError):
    """A folder or file of the tree cannot be read; the detail names it and says why."""

    code = "unreadable-path"


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
    device: int
    links: int
    """How many names it has."""
    size: int
    mtime: int
    """Nanoseconds since 1970."""
    ctime: int
    """Nanoseconds since 1970; unlike `mtime` nobody can set it back."""
    blocks: int
    """Blocks of 512 bytes that it takes; fewer than its size in a file with holes."""

    @property
    def kind(self) -> Kind:
        """What it is."""
        return _KINDS.get(stat.S_IFMT(self.mode), Kind.OTHER)

    @property
    def permissions(self) -> int:
        """The twelve permission bits."""
        return stat.S_IMODE(self.mode)

    @property
    def has_holes(self) -> bool:
        """Whether some of its bytes are on no disk."""
        return self.blocks * 512 < self.size


_KINDS = {stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.FOLDER, stat.S_IFLNK: Kind.LINK}


@dataclass(frozen=True, slots=True)
class Listing:
    """What is in a folder, in the order of names' bytes."""

    found: list[Found]

    def fingerprint(self) -> bytes:
        """Return what changes whenever anything in the folder does, folders apart."""
        return blake3(repr(self.found).encode()).digest()


def look(path: bytes) -> Found:
    """Look at one path, not following a link. Raises `FolderUnreadableError`."""
    try:
        return _found(os.path.basename(path), os.lstat(path))
    except OSError as error:
        raise _unreadable(path, error) from error


def list_folder(path: bytes) -> Listing:
    """List a folder. What vanishes meanwhile is left out. Raises `FolderUnreadableError`."""
    found: list[Found] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                try:
                    found.append(_found(entry.name, entry.stat(follow_symlinks=False)))
                except FileNotFoundError:
                    continue
    except OSError as error:
        raise _unreadable(path, error) from error
    found.sort()
    return Listing(found)


def _found(name: bytes, seen: os.stat_result) -> Found:
    return Found(
        name,
        seen.st_mode,
        seen.st_ino,
        seen.st_dev,
        seen.st_nlink,
        seen.st_size,
        seen.st_mtime_ns,
        seen.st_ctime_ns,
        seen.st_blocks,
    )


def _unreadable(path: bytes, error: OSError) -> FolderUnreadableError:
    shown = os.fsdecode(path).encode(errors="replace").decode()
    return FolderUnreadableError(f"{shown} cannot be read: {error.strerror}")
