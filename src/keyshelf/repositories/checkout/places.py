"""A folder that is written into, safe from links that lead out of it.

Every step below the folder is taken by name from an open parent and follows no link, so
that a link planted in place of a folder is refused instead of followed.
"""

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from keyshelf.errors import ConflictError, UnavailableError

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FOLDER_MODE = 0o700


class InTheWayError(ConflictError):
    """Something else is where a folder or file belongs; the detail names it. Move it away."""

    code = "in-the-way"


class FolderUnwritableError(UnavailableError):
    """A folder cannot be written to; the detail names it and says why."""

    code = "folder-unwritable"


@dataclass(frozen=True, slots=True)
class OpenFolder:
    """A folder, held open, so that it stays the same whatever happens to its name."""

    descriptor: int
    path: bytes
    """Where it was opened: for messages."""

    def look(self, name: bytes) -> os.stat_result | None:
        """Look at what has a name in it, following no link; None when nothing has it."""
        try:
            return os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    @contextmanager
    def folder(self, name: bytes) -> Generator["OpenFolder"]:
        """Open a folder in it, made when missing. Raises `InTheWayError`."""
        path = os.path.join(self.path, name)
        with _told(path):
            try:
                os.mkdir(name, _NEW_FOLDER_MODE, dir_fd=self.descriptor)
            except FileExistsError:
                found = os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
                if not stat.S_ISDIR(found.st_mode):
                    raise InTheWayError(f"{shown(path)} is in the way of a folder") from None
            descriptor = os.open(name, _OPEN_FOLDER, dir_fd=self.descriptor)
        try:
            yield OpenFolder(descriptor, path)
        finally:
            os.close(descriptor)

    def create(self, name: bytes) -> int:
        """Create a file for reading and writing, or open the one that is there; no link."""
        with _told(os.path.join(self.path, name)):
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            return os.open(name, flags, 0o600, dir_fd=self.descriptor)

    def replace(self, name: bytes, by: bytes) -> None:
        """Give the file `by` the name `name`, in place of what has it, in one step."""
        with _told(os.path.join(self.path, name)):
            os.replace(by, name, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)

    def remove(self, name: bytes) -> None:
        """Remove a file or link; that nothing has the name is as good."""
        with _told(os.path.join(self.path, name)):
            try:
                os.unlink(name, dir_fd=self.descriptor)
            except FileNotFoundError:
                return

    def link_to(self, name: bytes, target: bytes, *, mtime: int) -> None:
        """Make a symbolic link. Raises `InTheWayError` when something has the name."""
        with _told(os.path.join(self.path, name)):
            os.symlink(target, name, dir_fd=self.descriptor)
            os.utime(name, ns=(mtime, mtime), dir_fd=self.descriptor, follow_symlinks=False)


@contextmanager
def opened(path: bytes) -> Generator[OpenFolder]:
    """Open the folder that everything goes into, made with those above it when missing."""
    with _told(path):
        os.makedirs(path, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield OpenFolder(descriptor, path)
    finally:
        os.close(descriptor)


def shown(path: bytes) -> str:
    """Return a path as it can be printed."""
    return os.fsdecode(path).encode(errors="replace").decode()


@contextmanager
def _told(path: bytes) -> Generator[None]:
    try:
        yield
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise InTheWayError(f"{shown(path)} is in the way: {error.strerror}") from error
    except OSError as error:
        raise FolderUnwritableError(f"{shown(path)} cannot be written: {error.strerror}") from error
