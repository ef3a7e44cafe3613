"""What is kept beside the bytes of a file, bound to just these bytes.

A record is JSON in the extended attribute `user.keyshelf`; where the file system
has none, or has no room for a long one, it is a file of the store's own folder
named after the inode and time of the file that it describes. It names that
file's size and time: once the file has been changed by hand, it says nothing.
"""

import errno
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import msgspec

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, ObjectMeta
from keyshelf.store.local_rules import new_digest

_ATTRIBUTE = b"user.keyshelf"
_VERSION = 1
_NO_ROOM = frozenset({errno.ENOTSUP, errno.ENOSPC, errno.E2BIG, errno.ERANGE})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Record:
    """An object's attributes as they are kept. `etag=None` takes the file's own."""

    etag: str | None = None
    attributes: Attributes = field(default_factory=Attributes)
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    storage_class: str | None = None


NO_RECORD = Record()


class _Spelled(msgspec.Struct, omit_defaults=True):
    """What the JSON of a record says; what an object does not have is left out."""

    v: int
    size: int
    mtime_ns: int
    etag: str | None = None
    content_type: str | None = None
    cache_control: str | None = None
    content_disposition: str | None = None
    metadata: dict[str, str] = {}
    tags: dict[str, str] = {}
    storage_class: str | None = None


_encode = msgspec.json.Encoder().encode


class Records:
    """Reads and writes the records of open files."""

    def __init__(self, folder: Path, *, in_files: bool) -> None:
        self._folder = folder
        self._in_files = in_files

    def read(self, file: int, stat: os.stat_result) -> Record:
        """Return the record of an open file, or `NO_RECORD`."""
        return parse_record(self._attribute(file) or self._beside(stat), stat)

    def read_settled(self, file: int, stat: os.stat_result) -> Record | None:
        """Return the record of an open file; None when the object was replaced meanwhile.

        What replaces a file drops its record after the file itself, so that one
        without a record and without a name may have had one.
        """
        record = self.read(file, stat)
        if record is NO_RECORD and os.fstat(file).st_nlink == 0:
            return None
        return record

    def write(self, file: int, record: Record) -> None:
        """Set the record of an open file, whose bytes and time are as they will stay.

        Readers see the old record or the new one.
        """
        stat = os.fstat(file)
        text = _spelled(record, size=stat.st_size, mtime_ns=stat.st_mtime_ns)
        if not self._in_files:
            try:
                os.setxattr(file, _ATTRIBUTE, text)
            except OSError as error:
                if error.errno not in _NO_ROOM:
                    raise
            else:
                self.forget(stat)
                return
        self._write_beside(stat, text)
        if not self._in_files:
            # The attribute is looked at first: a crash here leaves the old record.
            self._drop_attribute(file)

    def write_first(self, file: int, record: Record, *, size: int, mtime_ns: int) -> None:
        """Set the record of a new file, whose size and time are known."""
        text = _spelled(record, size=size, mtime_ns=mtime_ns)
        if not self._in_files:
            try:
                os.setxattr(file, _ATTRIBUTE, text)
            except OSError as error:
                if error.errno not in _NO_ROOM:
                    raise
            else:
                return
        self._write_beside(os.fstat(file), text)

    def forget(self, stat: os.stat_result) -> None:
        """Drop the record that lies beside a file which is gone or has another."""
        self._path(stat).unlink(missing_ok=True)

    def _attribute(self, file: int) -> bytes | None:
        if self._in_files:
            return None
        try:
            return os.getxattr(file, _ATTRIBUTE)
        except OSError as error:
            if error.errno in {errno.ENODATA, errno.ENOTSUP}:
                return None
            raise

    def _drop_attribute(self, file: int) -> None:
        try:
            os.removexattr(file, _ATTRIBUTE)
        except OSError as error:
            if error.errno not in {errno.ENODATA, errno.ENOTSUP}:
                raise

    def _beside(self, stat: os.stat_result) -> bytes | None:
        try:
            return self._path(stat).read_bytes()
        except FileNotFoundError:
            return None

    def _write_beside(self, stat: os.stat_result, text: bytes) -> None:
        path = self._path(stat)
        path.parent.mkdir(exist_ok=True)
        fresh = path.with_suffix(".new")
        write_durably(fresh, text)
        fresh.rename(path)
        sync_folder(path.parent)

    def _path(self, stat: os.stat_result) -> Path:
        return self._folder / f"{stat.st_ino & 0xFF:02x}" / f"{stat.st_ino}-{stat.st_mtime_ns}"


def write_durably(path: Path, text: bytes) -> None:
    """Write a small file and wait until the disk has it; its name is not yet durable."""
    with path.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def object_meta(
    key: ObjectKey, stat: os.stat_result, record: Record, *, with_attributes: bool = True
) -> ObjectMeta:
    """Return the facts of the object that a file holds."""
    return ObjectMeta(
        key=key,
        size=stat.st_size,
        etag=record.etag or file_etag(stat),
        modified_at=_EPOCH + timedelta(microseconds=stat.st_mtime_ns // 1000),
        attributes=record.attributes if with_attributes else None,
        storage_class=record.storage_class,
    )


def file_etag(stat: os.stat_result) -> str:
    """Return the ETag of a file that has none of its own."""
    digest = new_digest()
    digest.update(f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ino}".encode())
    return digest.hexdigest()


def _spelled(record: Record, *, size: int, mtime_ns: int) -> bytes:
    attributes = record.attributes
    return _encode(
        _Spelled(
            _VERSION,
            size,
            mtime_ns,
            record.etag,
            attributes.content_type,
            attributes.cache_control,
            attributes.content_disposition,
            dict(attributes.metadata),
            dict(record.tags),
            record.storage_class,
        )
    )


def parse_record(text: bytes | None, stat: os.stat_result) -> Record:
    """Return what a record says of a file: nothing when it is not about these bytes."""
    if text is None:
        return NO_RECORD
    try:
        told = json.loads(text)
    except ValueError:
        return NO_RECORD
    fields = _object(told)
    bound = (fields.get("v"), fields.get("size"), fields.get("mtime_ns"))
    if bound != (_VERSION, stat.st_size, stat.st_mtime_ns):
        return NO_RECORD
    return Record(
        etag=_text(fields, "etag"),
        attributes=Attributes(
            content_type=_text(fields, "content_type") or Attributes().content_type,
            cache_control=_text(fields, "cache_control"),
            content_disposition=_text(fields, "content_disposition"),
            metadata=_texts(fields, "metadata"),
        ),
        tags=_texts(fields, "tags"),
        storage_class=_text(fields, "storage_class"),
    )


def _text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def _texts(fields: Mapping[str, object], name: str) -> Mapping[str, str]:
    pairs = _object(fields.get(name))
    return {name: text for name, text in pairs.items() if isinstance(text, str)}


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        return {}
    # What JSON calls an object has text for names.
    return cast("dict[str, object]", value)
