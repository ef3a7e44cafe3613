"""The hidden area of a disk store: made, recognised, and swept when the store opens."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from keyshelf.clock import Clock
from keyshelf.store.disk_failures import StoreFormatError
from keyshelf.store.disk_names import OWN_FOLDER
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.disk_records import sync_folder, write_durably
from keyshelf.store.disk_writing import sweep

_FORMAT = "keyshelf disk store 1\n"


@dataclass(frozen=True, slots=True)
class Area:
    """Where a store keeps what is not an object."""

    root: Path
    temporary: Path
    uploads: Path
    locks: Path
    attributes: Path
    keeps_attributes: bool
    """Whether files of this file system have extended attributes."""


def open_area(root: Path, options: DiskOptions) -> Area:
    """Return the hidden area of the store in a folder, making both when they are missing.

    Raises `StoreFormatError` when it is of another format. Several processes may
    open one store at the same moment.
    """
    own = root / os.fsdecode(OWN_FOLDER)
    area = Area(
        root=root,
        temporary=own / "temporary",
        uploads=own / "uploads",
        locks=own / "locks",
        attributes=own / "attributes",
        keeps_attributes=False,
    )
    for folder in (root, own, area.temporary, area.uploads, area.locks, area.attributes):
        folder.mkdir(parents=folder == root, exist_ok=True)
    _check_format(own, area.temporary / options.new_id())
    probe = area.temporary / options.new_id()
    oldest = now_ns(options.clock) - int(options.sweep_after.total_seconds() * 1e9)
    sweep(area.temporary, older_than_ns=oldest)
    return Area(
        root=root,
        temporary=area.temporary,
        uploads=area.uploads,
        locks=area.locks,
        attributes=area.attributes,
        keeps_attributes=options.extended_attributes and _keeps_attributes(probe),
    )


def now_ns(clock: Clock) -> int:
    """Return the time as files have it."""
    return int(clock().timestamp() * 1_000_000) * 1000


def _check_format(own: Path, fresh: Path) -> None:
    path = own / "version"
    if not path.exists():
        write_durably(fresh, _FORMAT.encode())
        fresh.rename(path)
        sync_folder(own)
    found = path.read_text()
    if found != _FORMAT:
        raise StoreFormatError(
            f"{str(own.parent)!r} says it is {found.strip()[:80]!r}; this Keyshelf reads"
            f" {_FORMAT.strip()!r}"
        )


def _keeps_attributes(probe: Path) -> bool:
    probe.touch()
    try:
        os.setxattr(probe, "user.keyshelf", b"probe")
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            raise
        return False
    finally:
        probe.unlink()
    return True
