"""Files in the making, in the hidden area: written, hashed, finished, or thrown away."""

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from keyshelf.store.disk_records import Record, Records
from keyshelf.store.local_rules import new_digest

PIECE_BYTES = 2**20
_ZEROS = bytes(PIECE_BYTES)
_CANNOT_COPY = frozenset(
    {errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EPERM, errno.ETXTBSY}
)


@dataclass(frozen=True, slots=True)
class Finished:
    """A file that is whole and durable, and waits for its place."""

    path: Path
    stat: os.stat_result


class FreshFile:
    """A file being written. Pieces of zeros are left out, so that it is sparse.

    Not for two threads at once. A crash leaves the file, which no key names. Writing
    ends with ENOSPC while `keep_free` bytes of the file system are still free, so that
    what else lives there (a database, say) can go on.
    """

    def __init__(self, path: Path, *, offset: int = 0, keep_free: int = 0) -> None:
        self.path = path
        self._keep_free = keep_free
        self.size = 0
        self._offset = offset
        self._digest = new_digest()
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._file = os.open(path, flags, 0o666)

    @property
    def file(self) -> int:
        """The open descriptor."""
        return self._file

    @property
    def etag(self) -> str:
        """The hash of what was written so far."""
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> None:
        """Write the next bytes, of any number."""
        self.refuse_without_room(len(piece))
        self._digest.update(piece)
        write_at(self._file, piece, self._offset + self.size)
        self.size += len(piece)

    def refuse_without_room(self, size: int) -> None:
        """Raise ENOSPC where so many bytes more would take what is to stay free."""
        refuse_without_room(self._file, size, self._keep_free)

    def finish(self, record: Record, records: Records, mtime_ns: int, *, durable: bool) -> Finished:
        """Make the file whole with its time and record, durable if asked, and close it."""
        stat = finish_file(self._file, self.size, record, records, mtime_ns, durable=durable)
        self.close()
        return Finished(path=self.path, stat=stat)

    def move_to(self, file: int, path: Path) -> None:
        """Go on in another file, which holds from its start what was written so far."""
        self.close()
        self._file, self.path, self._offset = file, path, 0

    def close(self) -> None:
        """Let go of the file; twice is fine."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def discard(self) -> None:
        """Close the file and remove it."""
        self.close()
        self.path.unlink(missing_ok=True)


def refuse_without_room(file: int, size: int, keep_free: int) -> None:
    """Raise ENOSPC where less than `keep_free` bytes would stay free after `size` bytes more.

    Asked for every piece: files that are written at once share the room.
    """
    if not keep_free:
        return
    there = os.fstatvfs(file)
    if there.f_bavail * there.f_frsize - keep_free < size:
        raise OSError(errno.ENOSPC, f"less than {keep_free >> 20} MiB would be free")


def finish_file(
    file: int, size: int, record: Record, records: Records, mtime_ns: int, *, durable: bool
) -> os.stat_result:
    """Cut a file to its size, set its time and record, and wait until the disk has it all.

    Without `durable` nothing is waited for.
    """
    os.ftruncate(file, size)
    os.utime(file, ns=(mtime_ns, mtime_ns))
    records.write(file, record)
    if durable:
        os.fsync(file)
    return os.fstat(file)


def write_at(file: int, piece: bytes, offset: int, *, over_data: bool = False) -> None:
    """Write bytes at an offset; zeros become a hole, unless there may be data beneath."""
    for start in range(0, len(piece), PIECE_BYTES):
        chunk = piece[start : start + PIECE_BYTES]
        if not over_data and not chunk[0] and chunk == _ZEROS[: len(chunk)]:
            continue
        view = memoryview(chunk)
        while view:
            written = os.pwrite(file, view, offset + start + len(chunk) - len(view))
            view = view[written:]


def copy_range(
    source: int, target: int, start: int, end: int, target_start: int, *, over_data: bool = False
) -> None:
    """Copy bytes between files, by reference where the file system can.

    Holes are left out, unless there may be data beneath.
    """
    if over_data:
        _copy_data(source, target, start, end, target_start)
        return
    position = start
    while position < end:
        data = _seek(source, position, os.SEEK_DATA)
        if data is None or data >= end:
            return
        hole = min(_seek(source, data, os.SEEK_HOLE) or end, end)
        _copy_data(source, target, data, hole, target_start + data - start)
        position = hole


def _seek(file: int, position: int, what: int) -> int | None:
    try:
        return os.lseek(file, position, what)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return None
        raise


def _copy_data(source: int, target: int, start: int, end: int, target_start: int) -> None:
    position = start
    while position < end:
        offset = target_start + position - start
        try:
            copied = os.copy_file_range(source, target, end - position, position, offset)
        except OSError as error:
            if error.errno not in _CANNOT_COPY:
                raise
            piece = os.pread(source, min(PIECE_BYTES, end - position), position)
            write_at(target, piece, offset, over_data=True)
            copied = len(piece)
        if copied == 0:
            return
        position += copied


def sweep(folder: Path, *, older_than_ns: int) -> None:
    """Remove what was left in a folder of temporary things before a time."""
    for entry in list(os.scandir(folder)):
        try:
            old = entry.stat(follow_symlinks=False).st_mtime_ns < older_than_ns
            if old and entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            elif old:
                Path(entry.path).unlink()
        except FileNotFoundError:
            # Another process sweeps the same folder.
            continue
