"""Small objects of a disk store, written and read many at a time. All functions block.

A batch goes through two steps, each made durable once for all of its objects: first
the bytes, in files of the hidden area, then the names. A crash leaves files that no
key names, or some of the objects, each of them whole.
"""

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Condition, NewObject, PutResult
from keyshelf.store.checks import check_small
from keyshelf.store.disk_area import Area, now_ns
from keyshelf.store.disk_descent import Descent
from keyshelf.store.disk_names import KeyPath, key_path
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.disk_reading import read_whole
from keyshelf.store.disk_records import Record, Records
from keyshelf.store.disk_sync import sync_all
from keyshelf.store.disk_tree import OpenFile, Tree
from keyshelf.store.disk_writing import refuse_without_room, write_at
from keyshelf.store.errors import ObjectExistsError
from keyshelf.store.local_rules import check_condition

_FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_FOLDERS = 16
_NOT_SO = frozenset(
    {
        *(errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP),
        *(errno.EPERM, errno.ENOTSUP, errno.EMLINK),
    }
)
"""What a place on the straight path answers when the object needs a closer look."""


@dataclass(slots=True)
class _Item:
    """An object of a batch on its way."""

    object: NewObject
    path: KeyPath
    fresh: str | None = None
    """The name of its file in the hidden area, until that has its place."""
    result: PutResult = PutResult.WRITTEN


class Batches:
    """Writes and reads the small objects of one store."""

    def __init__(self, tree: Tree, records: Records, area: Area, options: DiskOptions) -> None:
        self._tree = tree
        self._records = records
        self._area = area
        self._options = options
        self._turn = Lock()
        """Held by who writes or names many files: two would mostly wait for each other."""

    def create(self, objects: Sequence[NewObject]) -> Sequence[PutResult]:
        """Create objects that are not there yet; in order, tell which were.

        All the bytes are durable before any name is, and all names at the end.
        """
        items = [_Item(each, key_path(each.key)) for each in objects]
        # Neighbours share folders.
        ordered = sorted(items, key=lambda item: item.object.key)
        temporary = os.open(self._area.temporary, _FOLDER)
        try:
            with self._turn:
                is_any = self._write_all(ordered, temporary)
            if is_any:
                self._sync(temporary)
            with self._turn, self._tree.descent(make=True) as descent:
                for item in ordered:
                    if item.fresh is not None:
                        self._place(item, item.fresh, descent, temporary)
            # Also for what existed: whoever wrote it may not have come so far.
            self._sync(temporary)
        finally:
            os.close(temporary)
            self._discard(items)
        return [item.result for item in items]

    def read(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        """Return the bytes of objects in order, None for those that are not there.

        Raises `ObjectTooLargeError` for an object of more than `MAX_SMALL_BYTES`.
        """
        found: dict[ObjectKey, bytes | None] = {}
        with self._tree.descent(make=False) as descent:
            for key in sorted(set(keys)):
                opened = self._opened(key, descent)
                if opened is None:
                    found[key] = None
                    continue
                try:
                    check_small(key, opened.stat.st_size)
                    found[key] = read_whole(opened.file, opened.stat.st_size)
                finally:
                    os.close(opened.file)
        return [found[key] for key in keys]

    def _write_all(self, items: Sequence[_Item], temporary: int) -> bool:
        """Write the files of objects that are not there; say whether there were any."""
        mtime_ns = now_ns(self._options.clock)
        for item in items:
            if self._tree.holds(item.object.key, item.path):
                item.result = PutResult.EXISTED
            else:
                item.fresh = self._options.new_id()
                self._write(item.object, item.fresh, temporary, mtime_ns)
        return any(item.fresh is not None for item in items)

    def _sync(self, folder: int) -> None:
        if self._options.durable:
            sync_all(folder)

    def _discard(self, items: Sequence[_Item]) -> None:
        for item in items:
            if item.fresh is not None:
                self._file(item.fresh).unlink(missing_ok=True)

    def _write(self, new: NewObject, fresh: str, temporary: int, mtime_ns: int) -> None:
        record = Record(
            # Unlike a hash it costs nothing, and it tells any two writes apart as well.
            etag=fresh,
            attributes=new.options.attributes,
            tags=new.options.tags,
            storage_class=new.options.storage_class,
        )
        size = len(new.body)
        file = os.open(fresh, _FRESH, 0o666, dir_fd=temporary)
        try:
            refuse_without_room(file, size, self._options.keep_free_bytes)
            write_at(file, new.body, 0, over_data=True)
            os.utime(file, ns=(mtime_ns, mtime_ns))
            self._records.write_first(file, record, size=size, mtime_ns=mtime_ns)
        finally:
            os.close(file)

    def _place(self, item: _Item, fresh: str, descent: Descent, temporary: int) -> None:
        straight = _is_straight(item.path)
        if not straight or not self._created(item, fresh, descent, temporary):
            self._place_with_care(item, fresh)
        item.fresh = None

    def _created(self, item: _Item, fresh: str, descent: Descent, temporary: int) -> bool:
        """Create the object where nothing is in the way; else say no, leaving all as it is."""
        try:
            folder = descent.to(item.path.plain[:-1])
            created = self._tree.create(item.object.key, item.path, folder, fresh, temporary)
        except OSError as error:
            if error.errno not in _NOT_SO:
                raise
            return False
        if created:
            os.unlink(fresh, dir_fd=temporary)
        return created

    def _place_with_care(self, item: _Item, fresh: str) -> None:
        key = item.object.key
        try:
            self._tree.place(
                key,
                self._file(fresh),
                allow=lambda there: check_condition(
                    key, Condition.CREATE, None if there is None else "any"
                ),
                create=True,
            )
        except ObjectExistsError:
            item.result = PutResult.EXISTED
            self._file(fresh).unlink(missing_ok=True)

    def _opened(self, key: ObjectKey, descent: Descent) -> OpenFile | None:
        path = key_path(key)
        if _is_straight(path):
            try:
                opened = self._tree.open_at(descent.to(path.plain[:-1]), path.plain[-1])
            except (FileNotFoundError, NotADirectoryError):
                opened = None
            if opened is not None:
                return opened
        return self._tree.open_file(key)

    def _file(self, fresh: str) -> Path:
        return self._area.temporary / fresh


def _is_straight(path: KeyPath) -> bool:
    """Say whether the object has one folder for both of its places, at no great depth."""
    return path.plain[:-1] == path.aside[:-1] and len(path.plain) <= _MOST_FOLDERS
