"""Paths and the text that stands for them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.repositories.paths import (
    IllegalPathError,
    components,
    path_bytes,
    path_shown,
    path_text,
    path_typed,
)


@given(path=st.binary(max_size=60))
def test_any_path_comes_back_from_its_text(path: bytes) -> None:
    text = json.loads(json.dumps(path_text(path)).encode())

    assert path_bytes(text) == path


@given(text=st.text(st.sampled_from("\\x0f4é/")))
def test_no_two_texts_stand_for_one_path(text: str) -> None:
    try:
        path = path_bytes(text)
    except IllegalPathError:
        return
    assert path_text(path) == text


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\")))
def test_a_path_in_unicode_is_its_own_text(text: str) -> None:
    assert path_text(text.encode()) == text
    assert path_bytes(text) == text.encode()


@given(
    path=st.binary(max_size=60) | st.text(st.characters(categories=["Cc", "Cf"])).map(str.encode)
)
def test_what_is_shown_is_taken_back(path: bytes) -> None:
    assert path_typed(path_shown(path)) == path
    assert path_typed(path_text(path)) == path
    assert path_typed(path.decode(errors="surrogateescape").replace("\\", "\\\\")) == path


def test_what_cannot_be_seen_is_shown_by_its_bytes() -> None:
    assert path_shown("a\nb\u202ec\x1b".encode()) == r"a\x0ab\xe2\x80\xaec\x1b"
    assert path_shown("👨\u200d👩 é".encode()) == "👨\u200d👩 é"
    assert path_shown(b"back\\slash caf\xe9") == r"back\\slash caf\xe9"


@pytest.mark.parametrize("text", ["\\", r"a\x4", r"\u202e"])
def test_what_a_person_types_has_no_other_escapes(text: str) -> None:
    with pytest.raises(IllegalPathError):
        path_typed(text)


def test_what_is_escaped_can_be_read() -> None:
    assert path_text(b"50% off/caf\xe9") == r"50% off/caf\xe9"
    assert path_text(b"a\\x41") == r"a\\x41"


@pytest.mark.parametrize("text", ["\\", r"a\x4", r"\x41", r"\xC3", r"\xc3\xa9", "\ud800"])
def test_a_text_that_stands_for_nothing_is_refused(text: str) -> None:
    with pytest.raises(IllegalPathError):
        path_bytes(text)


def test_slashes_at_the_ends_do_not_count() -> None:
    assert components(b"/a//./b/") == [b"a", b"b"]
    assert components(b"") == components(b".") == []


@pytest.mark.parametrize("path", [b"..", b"a/../b", b"a\0"])
def test_a_path_that_leads_out_is_refused(path: bytes) -> None:
    with pytest.raises(IllegalPathError):
        components(path)
