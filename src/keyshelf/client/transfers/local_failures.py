"""What the local disk refuses, as errors of the right category."""

import errno
from collections.abc import Generator
from contextlib import contextmanager

from keyshelf.errors import Error, ForbiddenError, InvalidInputError, LimitError, NotFoundError


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
        raise meaning(error) from error


def meaning(error: OSError) -> Error:
    """Return what an error of the operating system means."""
    said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    if isinstance(error, FileNotFoundError):
        return LocalFileMissingError(said)
    if isinstance(error, PermissionError):
        return LocalPermissionError(said)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return LocalDiskFullError(f"{said}: make room, then run the same again")
    return LocalFileError(said)
