"""Extended attributes that people and programs set: those whose names begin with `user.`."""

import os
import sys
from errno import ENODATA, ENOENT, ENOTSUP

from keyshelf.errors import InvalidInputError
from keyshelf.repositories.formats.entries import Xattrs
from keyshelf.repositories.scanning import unreadable

_NONE_HERE = (ENODATA, ENOENT, ENOTSUP)
_KEPT = "user."


class NoXattrsError(InvalidInputError):
    """Extended attributes were asked for, and cannot be read on this system."""

    code = "no-extended-attributes"


def xattrs_of(path: bytes) -> Xattrs:
    """Return the extended attributes of a file or folder in the order of their names.

    None when it has none, or its file system knows none. Raises `FolderUnreadableError`.
    """
    if sys.platform != "linux":
        raise NoXattrsError("extended attributes are kept on Linux only: commit without them")
    try:
        names = os.listxattr(path, follow_symlinks=False)
        kept = sorted(os.fsencode(name) for name in names if name.startswith(_KEPT))
        values = [(name, os.getxattr(path, name, follow_symlinks=False)) for name in kept]
    except OSError as error:
        if error.errno in _NONE_HERE:
            return None
        raise unreadable(path, error) from error
    return tuple(values) or None
