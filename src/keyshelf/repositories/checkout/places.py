"""A folder that is written into, safe from links that lead out of it.

Every step below the folder is taken by name from an open parent and follows no link, so
that a link planted in place of a folder is refused instead of followed.
"""

import errno
import fcntl
import os
import stat
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from blake3 import blake3

from keyshelf.repositories.checkout.values import (
    CheckoutRunningError,
    FolderFullError,
    FolderUnwritableError,
    InTheWayError,
)
from keyshelf.repositories.paths import path_shown

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK opening a pipe that came in place of a file would wait for ever.
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_NEW_FOLDER_MODE = 0o700
_READ_BYTES = 8 * 1024 * 1024
_IN_THE_WAY = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENOTEMPTY}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
PERMISSIONS = 0o7777

Xattrs = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class OpenFolder:
    """A folder, held open, so that it stays the same whatever happens to its name."""

    descriptor: int
    path: bytes
    """Where it was opened: for messages."""

    def at(self, name: bytes) -> bytes:
        """Return the path of what has a name in it: for messages."""
        return os.path.join(self.path, name)

    def look(self, name: bytes) -> os.stat_result | None:
        """Look at what has a name in it, following no link; None when nothing has it."""
        with Telling(self.path, name):
            try:
                return os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
            except FileNotFoundError:
                return None

    def listing(self) -> dict[bytes, os.stat_result]:
        """Look at everything in it, following no link."""
        found: dict[bytes, os.stat_result] = {}
        with Telling(self.path), os.scandir(self.descriptor) as entries:
            for entry in entries:
                try:
                    found[os.fsencode(entry.name)] = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue  # gone meanwhile
        return found

    @contextmanager
    def within(self, path: bytes) -> Generator["OpenFolder"]:
        """Open a folder anywhere below it, step by step. Raises `InTheWayError`."""
        descriptor = os.dup(self.descriptor)
        try:
            with Telling(self.path, path):
                for name in path.split(b"/") if path else ():
                    below = os.open(name, _OPEN_FOLDER, dir_fd=descriptor)
                    os.close(descriptor)
                    descriptor = below
            yield OpenFolder(descriptor, self.at(path) if path else self.path)
        finally:
            os.close(descriptor)

    def make(self, name: bytes) -> None:
        """Make a folder in it, which nobody else may enter until it is done."""
        with Telling(self.path, name):
            os.mkdir(name, _NEW_FOLDER_MODE, dir_fd=self.descriptor)

    def open(self, name: bytes) -> int:
        """Open a file for reading; no link."""
        with Telling(self.path, name):
            return os.open(name, _OPEN_FILE, dir_fd=self.descriptor)

    def digest(self, name: bytes) -> bytes | None:
        """Return the BLAKE3 of a file's bytes; None when it changes while it is read."""
        descriptor = self.open(name)
        try:
            before, hasher, offset = os.fstat(descriptor), blake3(), 0
            while block := os.pread(descriptor, _READ_BYTES, offset):
                hasher.update(block)
                offset += len(block)
            is_still = is_same(before, os.fstat(descriptor)) and stat.S_ISREG(before.st_mode)
            return hasher.digest() if is_still and offset == before.st_size else None
        finally:
            os.close(descriptor)

    def replace(self, name: bytes, by: bytes) -> None:
        """Give the file `by` the name `name`, in place of what has it, in one step."""
        with Telling(self.path, name):
            os.replace(by, name, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)

    def remove(self, name: bytes) -> None:
        """Remove a file or link; that nothing has the name is as good."""
        with Telling(self.path, name):
            try:
                os.unlink(name, dir_fd=self.descriptor)
            except FileNotFoundError:
                return

    def remove_folder(self, name: bytes) -> bool:
        """Remove a folder if it is empty, and say whether it is gone."""
        with Telling(self.path, name):
            try:
                os.rmdir(name, dir_fd=self.descriptor)
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                    return False
                if error.errno != errno.ENOENT:
                    raise
        return True

    def link_to(self, name: bytes, target: bytes, *, mtime: int) -> None:
        """Make a symbolic link. Raises `InTheWayError` when something has the name."""
        with Telling(self.path, name):
            os.symlink(target, name, dir_fd=self.descriptor)
            self.set_times(name, mtime)

    def set_times(self, name: bytes, mtime: int) -> None:
        """Set when what has a name, be it a link, was changed."""
        with Telling(self.path, name):
            os.utime(name, ns=(mtime, mtime), dir_fd=self.descriptor, follow_symlinks=False)


@contextmanager
def opened(path: bytes, *, to_write: bool) -> Generator[OpenFolder]:
    """Open the folder that everything goes into.

    To write, it is made with those above it when missing, and is opened once at a time:
    raises `CheckoutRunningError` while somebody else has it open so.
    """
    with Telling(path):
        if to_write:
            os.makedirs(path, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with Telling(path):
            try:
                if to_write:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CheckoutRunningError(
                    f"another checkout writes into {path_shown(path)}"
                ) from None
        yield OpenFolder(descriptor, path)
    finally:
        os.close(descriptor)


def is_there(path: bytes) -> bool:
    """Say whether there is anything at a path, be it a link that leads nowhere."""
    return os.path.lexists(path)


def is_same(one: os.stat_result, other: os.stat_result | None) -> bool:
    """Say whether two looks at a name saw one file with the same bytes.

    The time of its last change of any kind does not count: it changes with each name that
    the file is given or loses.
    """
    return other is not None and _marks(one) == _marks(other)


def set_xattrs(file: int | bytes, xattrs: Xattrs, path: bytes) -> list[str]:
    """Set extended attributes of an open file and return what could not be set, in words."""
    if sys.platform != "linux":
        return [f"{path_shown(path)}: extended attributes are not kept here"] if xattrs else []
    problems: list[str] = []
    for name, value in xattrs:
        try:
            os.setxattr(file, name, value)
        except (OSError, ValueError) as error:
            problems.append(f"{path_shown(path)}: extended attribute {name!r}: {error}")
    return problems


def has_xattrs(file: int, xattrs: Xattrs) -> bool:
    """Say whether an open file has these extended attributes."""
    if sys.platform != "linux":
        return True
    try:
        return all(os.getxattr(file, name) == value for name, value in xattrs)
    except (OSError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells what the file system says in our words, with the path."""

    folder: bytes
    name: bytes = b""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        if not isinstance(error, OSError):
            return
        path = path_shown(os.path.join(self.folder, self.name) if self.name else self.folder)
        if error.errno in _IN_THE_WAY:
            raise InTheWayError(f"{path} is in the way: {error.strerror}") from error
        if error.errno in _FULL:
            said = f"{path} cannot be written: {error.strerror}"
            raise FolderFullError(f"{said}. Make room, then run the same again") from error
        raise FolderUnwritableError(f"{path} cannot be written: {error.strerror}") from error


def _marks(seen: os.stat_result) -> tuple[int, ...]:
    return seen.st_ino, seen.st_dev, seen.st_size, seen.st_mtime_ns
