"""What a failure of the file system means to whoever uses the store."""

import errno

from keyshelf.errors import Error, IntegrityError
from keyshelf.store.errors import (
    ObjectTooLargeError,
    StoreForbiddenError,
    StoreFullError,
    StoreUnavailableError,
)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class StoreFormatError(IntegrityError):
    """The folder holds a store of another format: open it with the Keyshelf that made it."""

    code = "store-format"


def failure(error: OSError) -> Error:
    """Return the store's error for an error of the operating system."""
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return StoreFullError(f"the store's disk is full: {reason}")
    if error.errno in _FORBIDDEN:
        return StoreForbiddenError(f"the store's folder refuses us: {reason}")
    if error.errno == errno.EFBIG:
        return ObjectTooLargeError(f"the file system holds no file so large: {reason}")
    return StoreUnavailableError(f"the store's disk failed: {reason}")


def in_the_way(name: bytes) -> StoreForbiddenError:
    """Return the error for something on a path that is neither a file nor a folder."""
    return StoreForbiddenError(
        f"{name.decode(errors='replace')!r} is in the way: a link or special file, which the"
        " store neither follows nor replaces"
    )
