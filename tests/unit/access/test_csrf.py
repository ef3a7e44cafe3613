import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.access import csrf
from keyshelf.access.csrf import CsrfError
from tests.unit.access.identities import somebody

KEY = b"k" * 32
ANN = somebody("ann")
PROGRAM = somebody("ann", credential="token", csrf_binding=None)

UNSAFE = ["POST", "PUT", "PATCH", "DELETE", "post", "PROPFIND"]


def proof() -> str:
    token = csrf.token_for(KEY, ANN)
    assert token
    return token


@pytest.mark.parametrize("method", UNSAFE)
def test_a_change_with_a_cookie_needs_the_proof(method: str) -> None:
    csrf.check(KEY, ANN, method=method, header=proof())

    for header in (None, "", "x", proof()[:-1], proof() + "A", proof().swapcase()):
        with pytest.raises(CsrfError):
            csrf.check(KEY, ANN, method=method, header=header)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "get"])
def test_reading_needs_none(method: str) -> None:
    csrf.check(KEY, ANN, method=method, header=None)


@pytest.mark.parametrize("method", UNSAFE)
def test_a_bearer_token_needs_none_and_gets_none(method: str) -> None:
    csrf.check(KEY, PROGRAM, method=method, header=None)

    assert csrf.token_for(KEY, PROGRAM) is None


def test_the_proof_of_another_session_is_worth_nothing() -> None:
    other = dataclasses.replace(ANN, csrf_binding=b"another cookie of ann")

    with pytest.raises(CsrfError):
        csrf.check(KEY, other, method="POST", header=proof())


def test_the_proof_of_another_service_is_worth_nothing() -> None:
    with pytest.raises(CsrfError):
        csrf.check(b"other" * 8, ANN, method="POST", header=proof())


def test_the_proof_stays_the_same_for_a_session() -> None:
    assert proof() == proof()


@given(st.text(max_size=60))
def test_nothing_made_up_passes(header: str) -> None:
    with pytest.raises(CsrfError):
        csrf.check(KEY, ANN, method="POST", header=header)
