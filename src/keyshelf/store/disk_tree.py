"""The folders and files of a disk store: found, made, replaced and removed.

Every path is walked name by name from the store's folder, and no symbolic link
is followed, so nothing outside can be reached. All functions block.
"""

import errno
import os
import stat as modes
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.disk_descent import Descent
from keyshelf.store.disk_failures import in_the_way
from keyshelf.store.disk_locks import KeyLocks
from keyshelf.store.disk_names import KeyPath, Names, key_path, spell, spell_aside
from keyshelf.store.errors import StoreUnavailableError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Opening a pipe without O_NONBLOCK would wait for its writer.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.ENAMETOOLONG})
_STAYS = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR, errno.EBUSY})
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EMLINK})
_ATTEMPTS = 1000


@dataclass(frozen=True, slots=True)
class OpenFile:
    """The file of an object, open for reading; whoever gets it closes it."""

    file: int
    stat: os.stat_result


class Tree:
    """The files below one folder."""

    def __init__(self, root: Path, locks: KeyLocks, *, durable: bool) -> None:
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._locks = locks
        self._durable = durable

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._root)

    @property
    def root_stat(self) -> os.stat_result:
        """Facts of the folder that the store was opened on."""
        return os.fstat(self._root)

    def open_folder(self, names: Names) -> int:
        """Open a folder; raises `FileNotFoundError` or `NotADirectoryError`."""
        folder = os.dup(self._root)
        for name in names:
            try:
                below = _open_folder(folder, name)
            finally:
                os.close(folder)
            folder = below
        return folder

    def open_file(self, key: ObjectKey) -> OpenFile | None:
        """Open the file of an object, or return None.

        The plain place is looked at first: a file leaves it only for the other
        one, so that it is always found in one of both.
        """
        path = key_path(key)
        for names in (path.plain, path.aside):
            found = self._open_at(names)
            if found is not None:
                return found
        return None

    def open_at(self, folder: int, name: bytes) -> OpenFile | None:
        """Open the file of a name in an open folder, or return None."""
        return _open_file(folder, name)

    def holds(self, key: ObjectKey, path: KeyPath) -> bool:
        """Say whether there is an object of a key, whose path is this."""
        plain = b"/".join(path.plain)
        # Asked first, as a hint: this follows links on the way, which opening does not.
        if not os.access(plain, os.F_OK, dir_fd=self._root, follow_symlinks=False):
            return False
        opened = self.open_file(key)
        if opened is not None:
            os.close(opened.file)
        return opened is not None

    def descent(self, *, make: bool) -> Descent:
        """Return a way down to folders, which makes those that are missing if told to.

        What it makes is not durable before the file system is.
        """
        return Descent(self._root, _open_or_make if make else _open_folder)

    def create(
        self, key: ObjectKey, path: KeyPath, folder: int, fresh: str, fresh_folder: int
    ) -> bool:
        """Give a finished file the plain place of a key, unless the object has stepped aside.

        `folder` is the open folder of both places. The name is not made durable, and
        the file keeps its other one. Raises `OSError` when there is anything, or when
        the folder is gone.
        """
        with self._locks.held(key):
            if _stat(folder, path.aside[-1]) is not None:
                return False
            os.link(fresh, path.plain[-1], src_dir_fd=fresh_folder, dst_dir_fd=folder)
            return True

    def open_in(self, folder: int, segment: bytes) -> OpenFile | None:
        """Open the file of an object whose key ends in `segment`, in its open folder."""
        return _open_below(folder, spell(segment)) or _open_below(folder, spell_aside(segment))

    def place(
        self,
        key: ObjectKey,
        fresh: Path,
        *,
        allow: Callable[[OpenFile | None], None],
        create: bool,
    ) -> os.stat_result | None:
        """Give a finished file the place of a key; return what was replaced.

        `allow` sees what is there, under the key's lock, and raises to refuse. The
        move is atomic: a crash leaves what was there, or the new file. With
        `create`, nothing that appears meanwhile is overwritten.
        """
        path = key_path(key)
        try:
            return self._placed(key, path, fresh, allow=allow, create=create)
        except BaseException:
            # Folders that were made for nothing go again.
            self._prune(path.plain[:-1])
            self._prune(path.aside[:-1])
            raise

    def sync_name(self, key: ObjectKey) -> None:
        """Make the name of an object durable, wherever it lies."""
        path = key_path(key)
        for names in {path.plain[:-1], path.aside[:-1]}:
            with self._opened(names) as folder:
                if folder is not None:
                    self._sync(folder)

    def remove(self, key: ObjectKey) -> list[os.stat_result]:
        """Remove an object, and the folders that it leaves empty; return what went."""
        path = key_path(key)
        gone: list[os.stat_result] = []
        with self._locks.held(key):
            # Aside first: a crash between both leaves the one that is looked at first.
            for names in (path.aside, path.plain):
                stat = self._unlink(names)
                if stat is not None:
                    gone.append(stat)
        if gone:
            self._prune(path.plain[:-1])
            self._prune(path.aside[:-1])
        return gone

    def _placed(
        self,
        key: ObjectKey,
        path: KeyPath,
        fresh: Path,
        *,
        allow: Callable[[OpenFile | None], None],
        create: bool,
    ) -> os.stat_result | None:
        for _ in range(_ATTEMPTS):
            self._make_folders(key, path)
            with self._locks.held(key):
                there = self.open_file(key)
                try:
                    allow(there)
                finally:
                    if there is not None:
                        os.close(there.file)
                try:
                    self._move_in(path, fresh, create=create)
                except (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError):
                    # A folder was emptied and removed, or made, since we looked.
                    continue
                return None if there is None else there.stat
        raise StoreUnavailableError("the folders on the object's path change too fast to write")

    def _move_in(self, path: KeyPath, fresh: Path, *, create: bool) -> None:
        names = self._slot(path)
        folder = self._made(names[:-1])
        try:
            if create:
                _create(fresh, folder, names[-1])
            else:
                os.rename(fresh, names[-1], dst_dir_fd=folder)
            self._sync(folder)
        finally:
            os.close(folder)

    def _slot(self, path: KeyPath) -> Names:
        mode = self._mode(path.plain)
        if mode is None:
            # What once stepped aside stays there, so that there is one file, not two.
            return path.plain if self._mode(path.aside) is None else path.aside
        if modes.S_ISDIR(mode):
            return path.aside
        if not modes.S_ISREG(mode):
            raise in_the_way(path.plain[-1])
        return path.plain

    def _make_folders(self, key: ObjectKey, path: KeyPath) -> None:
        """Make the folders above an object; objects that are in their way step aside."""
        segments = key.split("/")
        for _ in range(_ATTEMPTS):
            try:
                os.close(self._made(tuple(chain.from_iterable(path.folders))))
            except FileNotFoundError:
                # A folder was emptied and removed as we went down.
                continue
            except (FileExistsError, NotADirectoryError):
                for depth in range(1, len(segments)):
                    self._step_aside(ObjectKey("/".join(segments[:depth])))
            else:
                return

    def _step_aside(self, key: ObjectKey) -> None:
        """Move an object away from where a folder must be.

        A crash afterwards leaves it there: both places are always looked at.
        """
        path = key_path(key)
        with self._locks.held(key):
            mode = self._mode(path.plain)
            if mode is None or modes.S_ISDIR(mode):
                return
            if not modes.S_ISREG(mode):
                raise in_the_way(path.plain[-1])
            target = self._made(path.aside[:-1])
            try:
                with self._opened(path.plain[:-1]) as source:
                    os.rename(path.plain[-1], path.aside[-1], src_dir_fd=source, dst_dir_fd=target)
                self._sync(target)
            finally:
                os.close(target)

    def _made(self, names: Names) -> int:
        """Open a folder, making what is missing of it."""
        folder = os.dup(self._root)
        for name in names:
            try:
                below = _open_or_make(folder, name, made=self._sync)
            finally:
                os.close(folder)
            folder = below
        return folder

    def _unlink(self, names: Names) -> os.stat_result | None:
        with self._opened(names[:-1]) as folder:
            if folder is None:
                return None
            found = _stat(folder, names[-1])
            if found is None or not modes.S_ISREG(found.st_mode):
                return None
            os.unlink(names[-1], dir_fd=folder)
            self._sync(folder)
            return found

    def _prune(self, names: Names) -> None:
        """Remove folders that are empty, from the innermost outwards."""
        while names:
            with self._opened(names[:-1]) as above:
                if above is not None:
                    _remove_empty(above, names)
                    return
            names = names[:-1]

    def _mode(self, names: Names) -> int | None:
        with self._opened(names[:-1]) as folder:
            found = None if folder is None else _stat(folder, names[-1])
            return None if found is None else found.st_mode

    def _open_at(self, names: Names) -> OpenFile | None:
        with self._opened(names[:-1]) as folder:
            return None if folder is None else _open_file(folder, names[-1])

    @contextmanager
    def _opened(self, names: Names) -> Generator[int | None]:
        try:
            folder = self.open_folder(names)
        except OSError as error:
            if error.errno not in _NOT_THERE:
                raise
            yield None
            return
        try:
            yield folder
        finally:
            os.close(folder)

    def _sync(self, folder: int) -> None:
        if self._durable:
            os.fsync(folder)


def _open_folder(folder: int, name: bytes) -> int:
    return os.open(name, _FOLDER, dir_fd=folder)


def _open_or_make(folder: int, name: bytes, made: Callable[[int], None] | None = None) -> int:
    try:
        return _open_folder(folder, name)
    except FileNotFoundError:
        pass
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise in_the_way(name) from error
        raise
    try:
        os.mkdir(name, dir_fd=folder)
    except FileExistsError:
        pass
    else:
        if made is not None:
            made(folder)
    return _open_folder(folder, name)


def _stat(folder: int, name: bytes) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _remove_empty(above: int, names: Names) -> None:
    folder = os.dup(above)
    try:
        for depth in range(len(names) - 1, -1, -1):
            os.rmdir(names[depth], dir_fd=folder)
            if depth == 0:
                return
            outer = os.open("..", _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = outer
    except OSError as error:
        if error.errno not in _STAYS:
            raise
    finally:
        os.close(folder)


def _create(fresh: Path, folder: int, name: bytes) -> None:
    try:
        os.link(fresh, name, dst_dir_fd=folder)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A file system without links: the key's lock still keeps all of ours apart.
        os.rename(fresh, name, dst_dir_fd=folder)
    else:
        fresh.unlink()


def _open_file(folder: int, name: bytes) -> OpenFile | None:
    try:
        file = os.open(name, _FILE, dir_fd=folder)
    except OSError as error:
        if error.errno in _NOT_THERE:
            return None
        raise
    stat = os.fstat(file)
    if modes.S_ISREG(stat.st_mode):
        return OpenFile(file=file, stat=stat)
    os.close(file)
    return None


def _open_below(folder: int, names: Names) -> OpenFile | None:
    if len(names) == 1:
        return _open_file(folder, names[0])
    try:
        inner = os.open(names[0], _FOLDER, dir_fd=folder)
    except OSError as error:
        if error.errno in _NOT_THERE:
            return None
        raise
    try:
        return _open_below(inner, names[1:])
    finally:
        os.close(inner)
