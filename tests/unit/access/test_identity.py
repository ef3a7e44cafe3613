import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.access.identity import IllegalIdentityError, Scope, identity_id
from keyshelf.layout import drive
from tests.unit.access.identities import somebody


@pytest.mark.parametrize(
    "raw", ["admin", "a1b2c3d4-e5f6-7890-abcd-ef1234567890", "ann@example.org"]
)
def test_ordinary_ids_own_files(raw: str) -> None:
    assert identity_id(raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        "",
        ".",
        "..",
        "a/b",
        "/",
        "ann/my-files/x",
        "shared",
        ".keyshelf",
        "a\x00",
        "a\n",
        "x" * 256,
        unicodedata.normalize("NFD", "café"),
    ],
)
def test_ids_that_reach_other_keys_are_refused(raw: str) -> None:
    with pytest.raises(IllegalIdentityError):
        identity_id(raw)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_two_ids_share_keys(one: str, other: str) -> None:
    try:
        roots = [drive.root(identity_id(each)) for each in (one, other)]
    except IllegalIdentityError:
        return

    assert (one == other) == roots[0].startswith(roots[1])
    assert not roots[0].startswith(drive.root(drive.SHARED))


def test_the_binding_is_not_printed() -> None:
    assert "cookie" not in repr(somebody())


def test_scopes_are_held_one_by_one() -> None:
    identity = somebody(scopes=frozenset({Scope.DRIVE_WRITE}))

    assert identity.holds(Scope.DRIVE_WRITE)
    assert not identity.holds(Scope.DRIVE_READ)
