from datetime import timedelta

import pytest

from keyshelf.access.identity import IllegalIdentityError
from keyshelf.access.local import LocalOptions, WeakLocalTokenError, new_local_token
from keyshelf.errors import InvalidInputError

TOKEN = "0123456789abcdef"


def test_a_generated_token_is_accepted() -> None:
    assert LocalOptions(token=new_local_token()).token


@pytest.mark.parametrize(
    "token", ["", "short", TOKEN[:-1], f" {TOKEN}", f"{TOKEN}\n", f"ks_{TOKEN}"]
)
def test_a_token_that_can_be_guessed_or_mistaken_is_refused(token: str) -> None:
    with pytest.raises(WeakLocalTokenError):
        LocalOptions(token=token)


def test_the_token_is_not_printed() -> None:
    assert TOKEN not in repr(LocalOptions(token=TOKEN))


@pytest.mark.parametrize("identity", ["", "shared", "a/b"])
def test_the_administrator_needs_an_id_that_owns_files(identity: str) -> None:
    with pytest.raises(IllegalIdentityError):
        LocalOptions(token=TOKEN, identity_id=identity)


def test_lifetimes_must_make_sense() -> None:
    with pytest.raises(InvalidInputError):
        LocalOptions(token=TOKEN, max_lifetime=timedelta(days=1))
