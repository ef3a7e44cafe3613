"""Locks on keys that hold between threads and between processes."""

import fcntl
import hashlib
import os
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from keyshelf.layout.keys import ObjectKey

_STRIPES = 256


class KeyLocks:
    """One lock file per stripe of keys.

    The kernel lets go of a lock when its holder dies. Hold one at a time: two
    keys may share a stripe, and a second one would then wait for ever.
    """

    def __init__(self, folder: Path) -> None:
        # A path is joined for each write: as text in a fifth of the time.
        self._beginning = f"{folder}/"

    def held(self, key: ObjectKey) -> AbstractContextManager[int]:
        """Return what holds the lock of a key while its block runs, waiting for it."""
        digest = hashlib.blake2b(key.encode(), digest_size=1).hexdigest()
        return locked(self._beginning + digest)


@contextmanager
def locked(path: Path | str, *, shared: bool = False) -> Generator[int]:
    """Hold a lock file while the block runs; gives its descriptor."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
