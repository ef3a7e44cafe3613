"""What goes wrong between a client and a service, as errors of the right category."""

from collections.abc import Mapping
from uuid import UUID

from keyshelf.errors import (
    ConflictError,
    Error,
    ForbiddenError,
    IntegrityError,
    InvalidInputError,
    LimitError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)


class RemoteError(Error):
    """The service refused or failed. `code` is the stable code of its problem document."""

    code = "remote-error"

    def __init__(self, detail: str, *, code: str, status: int, **extras: object) -> None:
        super().__init__(detail, **extras)
        self.code = code
        self.status = status

    @property
    def existing_id(self) -> UUID | None:
        """The file that holds a taken name, where the service says so."""
        found = self.extras.get("existing_id")
        return UUID(found) if isinstance(found, str) else None


class RemoteInvalidInputError(RemoteError, InvalidInputError):
    """The service found the request itself wrong. Change it before asking again."""

    code = "remote-invalid-input"


class RemoteUnauthenticatedError(RemoteError, UnauthenticatedError):
    """The service does not know the token. Set `KEYSHELF_TOKEN` to one that is valid."""

    code = "remote-unauthenticated"


class RemoteForbiddenError(RemoteError, ForbiddenError):
    """The token may not do this. Use one with the scope that the detail names."""

    code = "remote-forbidden"


class RemoteNotFoundError(RemoteError, NotFoundError):
    """The service has no such thing, or does not show it to this token."""

    code = "remote-not-found"


class RemoteConflictError(RemoteError, ConflictError):
    """The state on the service moved on. Read again, then decide."""

    code = "remote-conflict"


class RemoteLimitError(RemoteError, LimitError):
    """A bound of the service was reached. Ask for less, or wait `retry_after` seconds."""

    code = "remote-limit-exceeded"


class RemoteUnavailableError(RemoteError, UnavailableError):
    """The service, or something it stands on, does not answer. Retry later, unchanged."""

    code = "remote-unavailable"


class RemoteIntegrityError(RemoteError, IntegrityError):
    """The service found stored data that is not what it must be. Look before writing."""

    code = "remote-integrity"


class UnreachableError(UnavailableError):
    """Nothing answers, or only what stands before it does. Wait until it is back."""

    code = "unreachable"


class ServiceUnreachableError(UnreachableError):
    """Nothing answers at the service's address. Start it, or correct the address."""

    code = "service-unreachable"


class UnexpectedAnswerError(UnavailableError):
    """Something answers that does not speak Keyshelf's API. Check the address and versions."""

    code = "unexpected-answer"


_BY_STATUS: Mapping[int, type[RemoteError]] = {
    400: RemoteInvalidInputError,
    401: RemoteUnauthenticatedError,
    403: RemoteForbiddenError,
    404: RemoteNotFoundError,
    405: RemoteInvalidInputError,
    409: RemoteConflictError,
    410: RemoteNotFoundError,
    412: RemoteConflictError,
    413: RemoteLimitError,
    415: RemoteInvalidInputError,
    416: RemoteLimitError,
    422: RemoteInvalidInputError,
    423: RemoteForbiddenError,
    429: RemoteLimitError,
    502: RemoteUnavailableError,
    503: RemoteUnavailableError,
    504: RemoteUnavailableError,
}


def from_problem(
    status: int, problem: Mapping[str, object], *, retry_after: float | None = None
) -> RemoteError:
    """Return the error that a problem document describes.

    Everything beyond the standard members becomes an extra of the error.
    """
    code = str(problem.get("code") or f"http-{status}")
    detail = str(problem.get("detail") or problem.get("title") or f"the answer is HTTP {status}")
    kind = _BY_STATUS.get(status, RemoteError)
    if kind is RemoteUnauthenticatedError:
        detail = f"{detail}: set KEYSHELF_TOKEN to a token that is valid"
    if status == 500 and code != "internal":
        kind = RemoteIntegrityError  # the one category of the service's errors with this status
    standard = {"type", "title", "status", "detail", "code"}
    extras = {name: value for name, value in problem.items() if name not in standard}
    if retry_after is not None:
        extras["retry_after"] = retry_after
    return kind(_with_pointers(detail, extras.get("errors")), code=code, status=status, **extras)


def _with_pointers(detail: str, errors: object) -> str:
    """Add what is wrong with which field to a validation problem's sentence."""
    if not isinstance(errors, list):
        return detail
    several = [each for each in errors if isinstance(each, Mapping)]  # pyright: ignore[reportUnknownVariableType] # isinstance leaves the types unknown; str() below takes any
    said = [f"{each.get('pointer', '')}: {each.get('detail', '')}" for each in several]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] # as above
    named = [each for each in said if each not in detail]
    return f"{detail} ({'; '.join(named)})" if named else detail
