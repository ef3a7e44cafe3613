"""The exit codes of the command line, and the one that each category of failure has."""

from collections.abc import Mapping
from enum import IntEnum

from keyshelf import errors
from keyshelf.errors import Error


class ExitCode(IntEnum):
    """What a script can tell from how a command ended."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    CONFLICT = 5
    SOME_FAILED = 6
    INTEGRITY = 7
    UNREACHABLE = 8
    INTERRUPTED = 130


BY_CATEGORY: Mapping[type[Error], ExitCode] = {
    errors.InvalidInputError: ExitCode.USAGE,
    errors.UnauthenticatedError: ExitCode.NOT_ALLOWED,
    errors.ForbiddenError: ExitCode.NOT_ALLOWED,
    errors.NotFoundError: ExitCode.NOT_FOUND,
    errors.ConflictError: ExitCode.CONFLICT,
    errors.LimitError: ExitCode.FAILURE,
    errors.UnavailableError: ExitCode.UNREACHABLE,
    errors.IntegrityError: ExitCode.INTEGRITY,
}


def exit_code(error: Error) -> ExitCode:
    """Return the exit code of the category of `error`; an error of none is a failure."""
    return BY_CATEGORY.get(errors.category_of(error), ExitCode.FAILURE)
