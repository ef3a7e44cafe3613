"""The categories of failure: each answers what the caller should do.

Every error of Keyshelf inherits exactly one category and has a stable code.
Codes are added, never renamed: programs match on them. The HTTP status and the
exit code of a category are tables in `api.failures` and `cli.exits`.
"""


class Error(Exception):
    """Something that Keyshelf refuses or could not do.

    `detail` is a sentence for a person; `extras` are facts for a program and go
    into the problem document as they are, so they hold only JSON values.
    """

    code = "error"

    def __init__(self, detail: str, **extras: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extras = extras


class InvalidInputError(Error):
    """The request itself is wrong. Change it before asking again."""

    code = "invalid-input"


class UnauthenticatedError(Error):
    """Nobody is signed in, or the proof has expired. Sign in."""

    code = "unauthenticated"


class ForbiddenError(Error):
    """The caller is known and may not do this. Ask somebody who may."""

    code = "forbidden"


class NotFoundError(Error):
    """The thing is not there, or not visible to the caller."""

    code = "not-found"


class ConflictError(Error):
    """The state moved on. Read again, then decide whether to retry."""

    code = "conflict"


class LimitError(Error):
    """A bound was reached. Ask for less, or wait."""

    code = "limit-exceeded"


class UnavailableError(Error):
    """A part that Keyshelf stands on does not answer. Retry later, unchanged."""

    code = "unavailable"


class IntegrityError(Error):
    """Stored data is not what it must be. Stop, and look before writing."""

    code = "integrity"


CATEGORIES: tuple[type[Error], ...] = (
    InvalidInputError,
    UnauthenticatedError,
    ForbiddenError,
    NotFoundError,
    ConflictError,
    LimitError,
    UnavailableError,
    IntegrityError,
)


def category_of(error: Error) -> type[Error]:
    """Return the one category that `error` inherits, or `Error` for none."""
    return next((each for each in CATEGORIES if isinstance(error, each)), Error)


def unwrapped(error: Exception) -> Exception:
    """Return what failed first, where a task group wraps what its tasks raised."""
    if isinstance(error, ExceptionGroup):
        return unwrapped(error.exceptions[0])  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] -- isinstance cannot tell of what the group is
    return error
