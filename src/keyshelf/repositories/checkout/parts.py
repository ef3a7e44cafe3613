"""Writing files aside, piece by piece, and giving them their names when they are whole."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from threading import Lock

from keyshelf.errors import Error
from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.cache import RememberedFile
from keyshelf.repositories.checkout.judging import remembered
from keyshelf.repositories.checkout.places import (
    PERMISSIONS,
    OpenFolder,
    Telling,
    is_same,
    set_xattrs,
)
from keyshelf.repositories.checkout.values import (
    CheckoutOptions,
    InTheWayError,
    damaged,
    would_overwrite,
)
from keyshelf.repositories.formats import ids
from keyshelf.repositories.formats.entries import HAS_HOLES, FileEntry
from keyshelf.repositories.formats.nodes import ChunkRef
from keyshelf.repositories.history.content import DamagedFileError
from keyshelf.repositories.part_names import part_name
from keyshelf.repositories.paths import joined, path_shown
from keyshelf.repositories.reading import DamagedObjectError, Reader
from keyshelf.store.errors import NeedsRestoreError

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OLD = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK = 4096
_ZEROS = bytes(256 * 1024)
_BYTES_AT_ONCE = 1024 * 1024


@dataclass(slots=True)
class Target:
    """A file that is written."""

    folder: bytes
    entry: FileEntry
    seen: os.stat_result | None
    """What is replaced by it."""
    part_bytes: int = 0
    """How long the part is that an interrupted checkout left."""
    unwritten: int = field(init=False)
    """Bytes that are still to come."""
    part_name: bytes = field(init=False)
    """What it is called until it is whole."""
    part: tuple[int, int] | None = None
    """Which file is being written: device and inode."""
    error: Error | None = None

    def __post_init__(self) -> None:
        self.unwritten = self.entry.size
        self.part_name = part_name(self.entry)

    @property
    def path(self) -> bytes:
        """Its path from the root."""
        return joined(self.folder, self.entry.name)


@dataclass(slots=True)
class Run:
    """Chunks of a file that follow each other."""

    target: Target
    offset: int
    refs: Sequence[ChunkRef]
    there: set[int] = field(default_factory=set[int])
    """Which of them, by number, lie in the part already."""


@dataclass(slots=True)
class Written:
    """What came of writing some runs."""

    files: list[tuple[Target, RememberedFile]] = field(
        default_factory=list[tuple[Target, RememberedFile]]
    )
    """Those that are whole."""
    failed: list[Target] = field(default_factory=list[Target])
    """Those that cannot be read; each once."""
    bytes: int = 0
    warnings: list[str] = field(default_factory=list[str])


Frames = Mapping[bytes, bytes | Error]
"""By the ids of chunks: what came, or why it did not."""


class PartWriter:
    """Writes runs of chunks; several threads may, also into one file."""

    def __init__(self, reader: Reader, root: OpenFolder, options: CheckoutOptions) -> None:
        self._reader = reader
        self._root = root
        self._options = options
        self._lock = Lock()
        self._held: dict[tuple[int, int], int] = {}
        """Parts that are written in several goes, open: no other file gets their inodes."""

    def close(self) -> None:
        """Let go of the parts that did not become whole."""
        while self._held:
            os.close(self._held.popitem()[1])

    def let_go(self, target: Target) -> None:
        """Hold a part no longer: it is whole, or will not be."""
        with self._lock:
            held = self._held.pop(target.part or (0, 0), None)
        if held is not None:
            os.close(held)

    def remove_parts(self, failed: Sequence[Target]) -> None:
        """Remove what was written of files that cannot be read."""
        for target in failed:
            with self._root.within(target.folder) as place:
                part = place.look(target.part_name)
                if part is not None and _which(part) == target.part:
                    place.remove(target.part_name)

    def find_there(self, runs: Sequence[Run]) -> None:
        """Note which chunks lie in parts that were left, and are right."""
        keys = self._reader.carrier.repository.keys
        for place, run in self._placed(runs):
            if run.offset >= run.target.part_bytes:
                continue
            descriptor = self._open(place, run.target, in_one_go=False)
            try:
                offset = run.offset
                for number, ref in enumerate(run.refs):
                    content = os.pread(descriptor, ref.size, offset)
                    if len(content) == ref.size and ids.chunk_id(content, keys) == ref.id.hex():
                        run.there.add(number)
                    offset += ref.size
            finally:
                os.close(descriptor)

    def write(self, runs: Sequence[Run], frames: Frames) -> Written:
        """Verify and write runs, and finish the files that are whole then.

        Raises `DamagedFileError` for what cannot be read unless told to keep going, and
        what the file system raises, in our words.
        """
        written = Written()
        contents = _Contents(self._reader, frames, is_shared=_is_shared(runs, frames))
        for place, run in self._placed(runs):
            if run.target.error is not None:
                continue
            try:
                self._write_run(place, run, contents, written)
            except (DamagedFileError, NeedsRestoreError) as error:
                if not self._options.keep_going:
                    raise
                if self._is_first_failure(run.target, error):
                    written.failed.append(run.target)
                    self.let_go(run.target)
        return written

    def _placed(self, runs: Sequence[Run]) -> Iterator[tuple[OpenFolder, Run]]:
        for folder, some in groupby(runs, key=lambda run: run.target.folder):
            with self._root.within(folder) as place:
                for run in some:
                    yield place, run

    def _write_run(
        self, place: OpenFolder, run: Run, contents: "_Contents", written: Written
    ) -> None:
        target = run.target
        in_one_go = sum(ref.size for ref in run.refs) == target.entry.size
        descriptor = self._open(place, target, in_one_go=in_one_go)
        try:
            with Telling(place.path, target.entry.name):
                count = _write_chunks(descriptor, run, contents)
            with self._lock:
                target.unwritten -= count
                is_whole = target.unwritten == 0
            written.bytes += count
            if is_whole:
                found = self._finish(place, descriptor, target, written.warnings)
                self.let_go(target)
                written.files.append((target, remembered(target.entry, found)))
        finally:
            os.close(descriptor)

    def _open(self, place: OpenFolder, target: Target, *, in_one_go: bool) -> int:
        name, telling = target.part_name, Telling(place.path, target.entry.name)
        with self._lock, telling:
            if target.part is None:
                descriptor, target.part_bytes = _adopt_or_make(place, name, target)
                target.part = _which(os.fstat(descriptor))
                if not in_one_go:
                    self._held[target.part] = os.dup(descriptor)
                return descriptor
        with telling:
            descriptor = os.open(name, _OLD, dir_fd=place.descriptor)
        if _which(os.fstat(descriptor)) != target.part:
            os.close(descriptor)
            raise InTheWayError(f"{path_shown(place.at(name))} was replaced meanwhile")
        return descriptor

    def _finish(
        self, place: OpenFolder, descriptor: int, target: Target, warnings: list[str]
    ) -> os.stat_result:
        entry, name = target.entry, target.part_name
        with Telling(place.path, entry.name):
            if entry.flags & HAS_HOLES or target.part_bytes:
                os.ftruncate(descriptor, entry.size)
            if entry.xattrs:
                warnings += set_xattrs(descriptor, entry.xattrs, target.path)
            os.fchmod(descriptor, entry.mode & PERMISSIONS)
            os.utime(descriptor, ns=(entry.mtime, entry.mtime))
            if self._options.durable:
                os.fsync(descriptor)
        # One at a time: another file of the commit may be called as this part is.
        with self._lock:
            part = place.look(name)
            there = None if self._options.overwrite else place.look(entry.name)
            if part is None or _which(part) != target.part:
                raise InTheWayError(f"{path_shown(place.at(name))} was replaced meanwhile")
            if not self._options.overwrite and not _is_unchanged(target.seen, there):
                raise would_overwrite([target.path])
            place.replace(entry.name, name)
        return os.fstat(descriptor)

    def _is_first_failure(self, target: Target, error: Error) -> bool:
        with self._lock:
            is_first = target.error is None
            target.error = target.error or error
        return is_first


@dataclass(slots=True)
class _Contents:
    """The contents of chunks, verified when they are first wanted."""

    reader: Reader
    frames: Frames
    is_shared: bool
    """Whether a chunk is wanted more than once, and its content kept."""
    _kept: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])

    def of(self, ref: ChunkRef, target: Target) -> bytes:
        """Return the content of a chunk. Raises `DamagedFileError`."""
        if ref.id in self._kept:
            return self._kept[ref.id]
        frame = self.frames[ref.id]
        if isinstance(frame, Error):
            raise damaged(target.path, frame) from frame
        chunk = ChunkId(ref.id.hex())
        try:
            content = self.reader.opened(chunk, frame)
        except DamagedObjectError as error:
            raise damaged(target.path, error) from error
        if len(content) != ref.size:
            says = DamagedObjectError(
                f"the chunk {chunk} has {len(content)} bytes, and {ref.size} belong there",
                chunk=chunk,
            )
            raise damaged(target.path, says)
        if self.is_shared:
            self._kept[ref.id] = content
        return content


def _is_shared(runs: Sequence[Run], frames: Frames) -> bool:
    return sum(len(run.refs) - len(run.there) for run in runs) > len(frames)


def _adopt_or_make(place: OpenFolder, name: bytes, target: Target) -> tuple[int, int]:
    if target.part_bytes:
        try:
            descriptor = os.open(name, _OLD, dir_fd=place.descriptor)
        except OSError:
            descriptor = -1  # a link, or not ours to write: made anew below
        if descriptor >= 0:
            found = os.fstat(descriptor)
            # A file with a second name elsewhere would be written there too.
            if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
                return descriptor, found.st_size
            os.close(descriptor)
    try:
        return os.open(name, _NEW, 0o600, dir_fd=place.descriptor), 0
    except FileExistsError:
        place.remove(name)
    return os.open(name, _NEW, 0o600, dir_fd=place.descriptor), 0


def _write_chunks(descriptor: int, run: Run, contents: _Contents) -> int:
    target, offset = run.target, run.offset
    # Beyond what an interrupted checkout left, zeros need no writing: a hole reads as zeros.
    holes_from = target.part_bytes if target.entry.flags & HAS_HOLES else target.entry.size
    together: list[bytes] = []
    waiting = 0
    for number, ref in enumerate(run.refs):
        content = b"" if number in run.there else contents.of(ref, target)
        is_alone = not content or offset >= holes_from
        if waiting and (is_alone or waiting >= _BYTES_AT_ONCE):
            _write_all(descriptor, together, offset - waiting)
            together, waiting = [], 0
        if not is_alone:
            together.append(content)
            waiting += len(content)
        elif content:
            _write_around_holes(descriptor, content, offset)
        offset += ref.size
    _write_all(descriptor, together, offset - waiting)
    return offset - run.offset


def _write_around_holes(descriptor: int, content: bytes, offset: int) -> None:
    if content == _ZEROS[: len(content)]:
        return
    begin = start = 0
    while begin < len(content):
        end = min(begin + _BLOCK - (offset + begin) % _BLOCK, len(content))
        block = content[begin:end]
        if block == _ZEROS[: len(block)]:
            _write_all(descriptor, [content[start:begin]], offset + start)
            start = end
        begin = end
    _write_all(descriptor, [content[start:]], offset + start)


def _write_all(descriptor: int, pieces: list[bytes], offset: int) -> None:
    size = sum(map(len, pieces))
    if not size:
        return
    count = os.pwritev(descriptor, pieces, offset)
    while count < size:  # a full disk may take a part, and refuses the rest
        rest = memoryview(b"".join(pieces))[count:]
        count += os.pwrite(descriptor, rest, offset + count)


def _which(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _is_unchanged(before: os.stat_result | None, now: os.stat_result | None) -> bool:
    return now is None if before is None else is_same(before, now)
