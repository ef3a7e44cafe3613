"""What the local disk refuses, as errors of the right category."""

import errno
from collections.abc import Generator
from contextlib import contextmanager

from keyshelf.errors import ForbiddenError, InvalidInputError, LimitError, NotFoundError


class LocalFileError(InvalidInputError):
    """A local path cannot be read or written; the detail says why. Name another."""

    code = "local-file"


class LocalFileMissingError(NotFoundError):
    """A local path at which there is nothing. Correct it."""

    code = "local-file-missing"


class LocalPermissionError(ForbiddenError):
    """This user may not read or write a local path. Change its permissions, or name another."""

    code = "local-permission"


class LocalDiskFullError(LimitError):
    """The local disk is full. Make room, then run the same again: it goes on where it stopped."""

    code = "local-disk-full"


@contextmanager
def translated() -> Generator[None]:
    """Turn the operating system's errors into ours."""
    try:
        yield
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        if isinstance(error, FileNotFoundError):
            raise LocalFileMissingError(said) from error
        if isinstance(error, PermissionError):
            raise LocalPermissionError(said) from error
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise LocalDiskFullError(f"{said}: make room, then run the same again") from error
        raise LocalFileError(said) from error
