import re
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.delivery.disposition import content_disposition
from keyshelf.errors import InvalidInputError
from keyshelf.layout.names import file_name

# RFC 6266 with the quoted-string and ext-value of RFC 9110 and RFC 8187.
HEADER = re.compile(
    r"(?P<kind>inline|attachment)"
    r'; filename="(?P<fallback>[\x20\x21\x23-\x5b\x5d-\x7e]*)"'
    r"(?:; filename\*=UTF-8''(?P<extended>(?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})*))?"
)


def shown_name(header: str) -> str:
    """Read the header as a browser does: `filename*` wins."""
    match = HEADER.fullmatch(header)
    assert match, header
    extended = match["extended"]
    return match["fallback"] if extended is None else unquote_to_bytes(extended).decode()


def is_legal(raw: str) -> bool:
    try:
        return file_name(raw) == raw
    except InvalidInputError:
        return False


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("report.pdf", 'attachment; filename="report.pdf"'),
        ("my report (2)+a&b=c;d.pdf", 'attachment; filename="my report (2)+a&b=c;d.pdf"'),
        (
            "50% off #1?.pdf",
            "attachment; filename=\"50_ off #1?.pdf\"; filename*=UTF-8''50%25%20off%20#1%3F.pdf",
        ),
        (
            'say "hi".txt',
            "attachment; filename=\"say _hi_.txt\"; filename*=UTF-8''say%20%22hi%22.txt",
        ),
        ("a\\b", "attachment; filename=\"a_b\"; filename*=UTF-8''a%5Cb"),
        ("Café.txt", "attachment; filename=\"Cafe.txt\"; filename*=UTF-8''Caf%C3%A9.txt"),
        (
            "日本語 😀.png",
            (
                'attachment; filename="___ _.png"; '
                "filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E%20%F0%9F%98%80.png"
            ),
        ),
    ],
)
def test_names_are_spelled_for_old_and_new_programs(name: str, header: str) -> None:
    assert content_disposition(name, inline=False) == header


def test_inline_keeps_the_name() -> None:
    assert content_disposition("a.png", inline=True) == 'inline; filename="a.png"'


def test_control_characters_cannot_end_the_header() -> None:
    header = content_disposition("a\r\nSet-Cookie: x=1\x00\x85.txt", inline=False)

    assert shown_name(header) == "a__Set-Cookie: x=1__.txt"


def test_a_name_of_255_bytes_survives() -> None:
    name = "😀" * 62 + "é.zzzz"

    assert len(name.encode()) == 255
    assert shown_name(content_disposition(name, inline=False)) == name


def test_text_that_is_not_unicode_still_makes_a_header() -> None:
    assert HEADER.fullmatch(content_disposition("\ud800.txt", inline=False))


@given(st.text(min_size=1, max_size=255).filter(is_legal), st.booleans())
def test_every_legal_name_survives_exactly(name: str, inline: bool) -> None:
    assert shown_name(content_disposition(name, inline=inline)) == name


@given(st.text(alphabet=st.characters(), max_size=300))
def test_any_text_at_all_gives_one_line_of_ascii(text: str) -> None:
    assert HEADER.fullmatch(content_disposition(text, inline=False))
