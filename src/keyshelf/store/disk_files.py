"""The objects of a disk store as files. All functions block."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import (
    ByteRange,
    CompletedPart,
    Condition,
    NewObject,
    ObjectMeta,
    PutOptions,
    PutResult,
    WriteCondition,
)
from keyshelf.store.disk_area import now_ns, open_area
from keyshelf.store.disk_batches import Batches
from keyshelf.store.disk_copying import Copying
from keyshelf.store.disk_listing import DiskListing, ListingOptions
from keyshelf.store.disk_locks import KeyLocks
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.disk_reading import OpenedRange
from keyshelf.store.disk_records import Record, Records, object_meta
from keyshelf.store.disk_sync import can_sync_all
from keyshelf.store.disk_tree import OpenFile, Tree
from keyshelf.store.disk_uploads import Uploads
from keyshelf.store.disk_writing import Finished, FreshFile
from keyshelf.store.errors import BucketNotFoundError, ObjectExistsError, StoreForbiddenError
from keyshelf.store.local_rules import check_condition, check_match, not_found, resolve_range

_FEW = 4
"""So many objects are faster put one by one than in a batch that is made durable as one."""


class DiskFiles:
    """The files of one store: its tree, its records, its uploads."""

    def __init__(self, folder: Path, options: DiskOptions) -> None:
        self._options = options
        self._area = open_area(folder.absolute(), options)
        self._locks = KeyLocks(self._area.locks)
        self._records = Records(self._area.attributes, in_files=not self._area.keeps_attributes)
        self._tree = Tree(self._area.root, self._locks, durable=options.durable)
        self.batches = Batches(self._tree, self._records, self._area, options)
        self.uploads = Uploads(
            self._area.uploads,
            self._area.temporary,
            self._records,
            new_id=options.new_id,
            min_part_bytes=options.min_part_bytes,
            keep_free=options.keep_free_bytes,
        )

    def head(self, key: ObjectKey) -> ObjectMeta:
        """Return an object's facts."""
        opened, record = self._opened(key)
        os.close(opened.file)
        return object_meta(key, opened.stat, record)

    def open_range(
        self, key: ObjectKey, byte_range: ByteRange | None, if_match: str | None
    ) -> OpenedRange:
        """Open a range of an object, with its first piece read."""
        opened, record = self._opened(key)
        try:
            meta = object_meta(key, opened.stat, record)
            check_match(key, if_match, meta.etag)
            start, end = resolve_range(byte_range, meta.size)
        except BaseException:
            os.close(opened.file)
            raise
        return OpenedRange(opened.file, meta, start, end).read_first()

    def link(self, key: ObjectKey, to: Path, if_match: str) -> bool:
        """Give an object another name; False where its file can have none there."""
        opened, record = self._opened(key)
        try:
            check_match(key, if_match, object_meta(key, opened.stat, record).etag)
            # By its descriptor, so that it is the file that was looked at. The folder is
            # named because only then the link behind the descriptor is followed.
            os.link(f"/proc/self/fd/{opened.file}", to, src_dir_fd=opened.file)
        except OSError:
            return False
        finally:
            os.close(opened.file)
        return True

    def fresh(self) -> FreshFile:
        """Begin a file that will be an object."""
        return FreshFile(
            self._area.temporary / self._options.new_id(), keep_free=self._options.keep_free_bytes
        )

    def put_bytes(self, key: ObjectKey, body: bytes, options: PutOptions) -> ObjectMeta:
        """Write a small object in one go."""
        fresh = self.fresh()
        try:
            fresh.write(body)
            return self.put_fresh(key, fresh, options)
        finally:
            fresh.discard()

    def put_fresh(self, key: ObjectKey, fresh: FreshFile, options: PutOptions) -> ObjectMeta:
        """Make a written file the object of a key.

        The bytes are durable before the name is: a crash between both leaves a
        temporary file and what was there.
        """
        record = Record(
            etag=fresh.etag,
            attributes=options.attributes,
            tags=options.tags,
            storage_class=options.storage_class,
        )
        finished = self._finish(fresh, record)
        self._place(key, finished, options.condition)
        return object_meta(key, finished.stat, record)

    def is_batch(self, count: int) -> bool:
        """Say whether so many objects are better created at once than put one by one.

        Not where it would not be cheaper: for a few objects, which `fsync` makes durable
        without waiting for the rest of the file system, and where the records of objects
        are files of their own.
        """
        if not self._area.keeps_attributes:
            return False
        return not self._options.durable or (count > _FEW and can_sync_all())

    def put_one(self, new: NewObject) -> PutResult:
        """Write one object of a batch by itself."""
        try:
            self.put_bytes(new.key, new.body, new.options)
        except ObjectExistsError:
            return PutResult.EXISTED
        return PutResult.WRITTEN

    def remove(self, key: ObjectKey) -> None:
        """Remove an object."""
        for gone in self._tree.remove(key):
            self._records.forget(gone)

    def begin_copy(
        self, source: ObjectKey, destination: ObjectKey, condition: Condition
    ) -> Copying:
        """Open both ends of a copy; refuses at once what would be refused at the end."""
        opened, record = self._opened(source)
        try:
            self._check_there(destination, condition)
            return Copying(opened, record, self.fresh())
        except BaseException:
            os.close(opened.file)
            raise

    def end_copy(self, key: ObjectKey, copying: Copying, condition: Condition) -> ObjectMeta:
        """Give the finished copy its place."""
        finished = self._finish(copying.fresh, copying.record)
        self._place(key, finished, condition)
        return object_meta(key, finished.stat, copying.record)

    def listing(self, prefix: str, start_after: str | None, delimiter: str | None) -> DiskListing:
        """Begin a listing."""
        options = ListingOptions(
            prefix=prefix,
            start_after=start_after,
            delimiter=delimiter or None,
            page_limit=self._options.page_limit,
            window=self._options.listing_window,
        )
        return DiskListing(self._tree, self._records, options)

    def tags(self, key: ObjectKey) -> Mapping[str, str]:
        """Return an object's tags."""
        opened, record = self._opened(key)
        os.close(opened.file)
        return record.tags

    def set_tags(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """Replace an object's tags; the file stays, and a crash leaves the old or the new."""
        with self._locks.held(key):
            opened, record = self._opened(key)
            try:
                self._records.write(opened.file, replace(record, tags=tags))
                if self._options.durable:
                    os.fsync(opened.file)
            finally:
                os.close(opened.file)

    def complete(
        self,
        key: ObjectKey,
        upload_id: str,
        parts: Sequence[CompletedPart],
        condition: WriteCondition,
    ) -> ObjectMeta:
        """Make an object of the parts of an upload."""
        record, finished = self.uploads.complete(
            key,
            upload_id,
            parts,
            mtime_ns=now_ns(self._options.clock),
            place=lambda finished: self._place(key, finished, condition),
        )
        return object_meta(key, finished.stat, record)

    def check(self) -> None:
        """Look whether the folder is still the one that was opened, and can be written.

        Raises `BucketNotFoundError` and `StoreForbiddenError`.
        """
        root = self._area.root
        try:
            found = root.stat()
        except FileNotFoundError:
            found = None
        opened = self._tree.root_stat
        if found is None or (found.st_dev, found.st_ino) != (opened.st_dev, opened.st_ino):
            raise BucketNotFoundError(f"the store's folder {str(root)!r} is gone or another one")
        if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
            raise StoreForbiddenError(f"the store's folder {str(root)!r} cannot be written")

    def close(self) -> None:
        """Let go of the folder."""
        self._tree.close()

    def _opened(self, key: ObjectKey) -> tuple[OpenFile, Record]:
        while True:
            opened = self._tree.open_file(key)
            if opened is None:
                raise not_found(key)
            try:
                record = self._records.read_settled(opened.file, opened.stat)
            except BaseException:
                os.close(opened.file)
                raise
            if record is not None:
                return opened, record
            os.close(opened.file)

    def _finish(self, fresh: FreshFile, record: Record) -> Finished:
        mtime_ns = now_ns(self._options.clock)
        return fresh.finish(record, self._records, mtime_ns, durable=self._options.durable)

    def _place(self, key: ObjectKey, finished: Finished, condition: WriteCondition) -> None:
        try:
            replaced = self._tree.place(
                key,
                finished.path,
                allow=lambda there: self._check(key, condition, there),
                create=condition is Condition.CREATE,
            )
        except ObjectExistsError:
            # Whoever is told so may rely on it, before a batch that wrote it is durable.
            self._tree.sync_name(key)
            raise
        if replaced is not None:
            self._records.forget(replaced)

    def _check_there(self, key: ObjectKey, condition: WriteCondition) -> None:
        there = self._tree.open_file(key)
        try:
            self._check(key, condition, there)
        finally:
            if there is not None:
                os.close(there.file)

    def _check(self, key: ObjectKey, condition: WriteCondition, there: OpenFile | None) -> None:
        if there is None:
            check_condition(key, condition, None)
        elif condition is not Condition.ALWAYS:
            record = self._records.read(there.file, there.stat)
            check_condition(key, condition, object_meta(key, there.stat, record).etag)
