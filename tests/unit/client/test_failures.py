"""Problem documents become errors of the right category."""

from uuid import UUID

import pytest

from keyshelf import errors
from keyshelf.client.failures import RemoteError, from_problem
from keyshelf.errors import Error, category_of


@pytest.mark.parametrize(
    ("status", "code", "category"),
    [
        (422, "invalid-input", errors.InvalidInputError),
        (401, "unauthenticated", errors.UnauthenticatedError),
        (403, "forbidden", errors.ForbiddenError),
        (404, "not-found", errors.NotFoundError),
        (409, "name-taken", errors.ConflictError),
        (412, "precondition-failed", errors.ConflictError),
        (413, "too-large", errors.LimitError),
        (429, "rate-limited", errors.LimitError),
        (503, "unavailable", errors.UnavailableError),
        (500, "content-differs", errors.IntegrityError),
        (500, "internal", Error),
    ],
)
def test_a_problem_has_the_category_of_its_status(
    status: int, code: str, category: type[Error]
) -> None:
    error = from_problem(status, {"code": code, "detail": "why"})

    assert category_of(error) is category
    assert (error.code, error.status) == (code, status)
    assert error.detail.startswith("why")


def test_extras_are_kept() -> None:
    holder = "0b0e7a3e-0000-4000-8000-000000000001"
    error = from_problem(409, {"code": "name-taken", "title": "T", "existing_id": holder})

    assert error.extras == {"existing_id": holder}
    assert error.existing_id == UUID(holder)


def test_a_problem_without_members_still_says_something() -> None:
    error = from_problem(502, {})

    assert isinstance(error, RemoteError)
    assert "502" in error.detail
    assert error.code == "http-502"


def test_what_the_detail_says_already_is_not_said_again() -> None:
    items = [{"pointer": "/name", "detail": "too long"}, {"pointer": "/size", "detail": "negative"}]

    error = from_problem(422, {"detail": "/name: too long", "errors": items})

    assert error.detail == "/name: too long (/size: negative)"
