"""Names in archives: safe to unpack anywhere, and nothing of them is lost."""

import re
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.delivery.zip_names import PathTooLongError, member_name

_PIECES = st.sampled_from(
    [
        *(b"a", b"..", b".", b"\\", b":", b"%", b"5C", b"/", b" ", b"\x1b", b"\xff", b"C"),
        *(b"con", b"NUL", b"com1", "é".encode(), "\x85".encode(), "😀".encode()),
    ]
)
PATHS = st.lists(_PIECES | st.binary(max_size=3), max_size=12).map(b"".join)


@pytest.mark.parametrize(
    "path",
    ["a/b c.txt", ".hidden", "100%.txt", "a..b", "Ünicode 😀.mov", "console", "icon", "aux1.c"],
)
def test_ordinary_names_stay(path: str) -> None:
    assert member_name(path.encode()) == path


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (rb"..\..\evil.exe", "..%5C..%5Cevil.exe"),
        (b"../evil", ".%2E/evil"),
        (b"./a", "%2E/a"),
        (b"C:/windows", "C%3A/windows"),
        (b"notes.txt:stream", "notes.txt%3Astream"),
        (b"bell\x07\x1b[31m", "bell%07%1B[31m"),
        (b"setup.exe. ", "setup.exe.%20"),
        (b"caf\xe9", "caf%E9"),
        (b"a%5Cb", "a%255Cb"),
        (b"a/NUL.txt", "a/%4EUL.txt"),
        (b"com1", "%63om1"),
    ],
)
def test_names_that_lead_elsewhere_are_escaped(path: bytes, written: str) -> None:
    assert member_name(path) == written


@given(PATHS)
def test_every_path_is_safe_and_comes_back(path: bytes) -> None:
    written = member_name(path)

    assert unquote_to_bytes(written) == path
    assert written.isprintable() or not re.search(r"[\x00-\x1f\x7f-\x9f]", written)
    assert not {"\\", ":"} & set(written)
    for name in written.split("/"):
        assert not name.endswith((".", " "))
        assert name.partition(".")[0].rstrip().upper() not in {"CON", "NUL", "COM1"}


def test_a_path_beyond_what_an_archive_holds_is_refused() -> None:
    with pytest.raises(PathTooLongError):
        member_name(b"\xff" * 30_000)
