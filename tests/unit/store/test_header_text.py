"""Any text survives as a header value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.store.azure_headers import decode_name, encode_name
from keyshelf.store.header_text import decode_value, encode_value

texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts)
def test_a_value_comes_back(text: str) -> None:
    value = encode_value(text)

    assert decode_value(value) == text
    assert value.isascii()
    assert value.isprintable()
    assert value == value.strip() != ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?UTF-8?Q?caf=C3=A9_au_lait?=", "café au lait"),
        ("=?utf-8?b?Y2Fm?= =?utf-8?B?w6k=?=", "café"),
        ("=?ISO-8859-1?Q?caf=E9?=", "café"),
        ("=?nonsense?B?w6k=?=", "=?nonsense?B?w6k=?="),
        ("=?UTF-8?B?*?=", "=?UTF-8?B?*?="),
        ("=?UTF-8?B?/w==?=", "=?UTF-8?B?/w==?="),
        ("a=?b", "a=?b"),
    ],
)
def test_what_others_wrote_is_read(value: str, text: str) -> None:
    assert decode_value(value) == text


@given(st.from_regex(r"[a-z0-9._-]{1,20}", fullmatch=True))
def test_a_metadata_name_is_an_identifier_on_azure(name: str) -> None:
    encoded = encode_name(name)

    assert encoded.isidentifier()
    assert decode_name(encoded) == name
