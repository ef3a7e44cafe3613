import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.access import token_format
from keyshelf.access.identity import BadCredentialError

BASE62 = string.digits + string.ascii_letters
GOLDEN_OF_ZEROS = "ks_00000000000000000000000000000000000000000000JwTDp"
GOLDEN_OF_ONES = "ks_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13PKE8b"


def zeros(count: int) -> bytes:
    return bytes(count)


def tokens() -> st.SearchStrategy[str]:
    return st.binary(min_size=32, max_size=32).map(
        lambda data: token_format.generate(lambda _: data)
    )


def test_the_format_never_changes() -> None:
    assert token_format.generate(zeros) == GOLDEN_OF_ZEROS
    assert token_format.generate(lambda count: b"\xff" * count) == GOLDEN_OF_ONES


@given(tokens())
def test_a_generated_token_is_well_formed(token: str) -> None:
    token_format.require_well_formed(token)

    assert re.fullmatch(r"ks_[0-9A-Za-z]{49}", token)
    assert token_format.claims_to_be_token(token)


@given(tokens(), st.integers(3, 51), st.sampled_from(BASE62))
def test_any_single_typo_is_caught(token: str, place: int, typo: str) -> None:
    mistyped = token[:place] + typo + token[place + 1 :]
    if mistyped == token:
        return

    with pytest.raises(BadCredentialError):
        token_format.require_well_formed(mistyped)


@given(tokens(), st.integers(3, 50))
def test_two_swapped_characters_are_caught(token: str, place: int) -> None:
    swapped = token[:place] + token[place + 1] + token[place] + token[place + 2 :]
    if swapped == token:
        return

    with pytest.raises(BadCredentialError):
        token_format.require_well_formed(swapped)


@pytest.mark.parametrize("spoil", ["{}x", "{} ", " {}", "{}\n"])
def test_what_is_not_exactly_a_token_is_refused(spoil: str) -> None:
    with pytest.raises(BadCredentialError):
        token_format.require_well_formed(spoil.format(token_format.generate()))


@pytest.mark.parametrize("length", [0, 3, 6, -1])
def test_what_is_cut_off_is_refused(length: int) -> None:
    text = token_format.generate()[:length]
    with pytest.raises(BadCredentialError):
        token_format.require_well_formed(text)
