"""Which names a file or folder may have."""

import re
import unicodedata
from typing import NewType

from keyshelf.errors import InvalidInputError

FileName = NewType("FileName", str)
"""A legal name: NFC, 1 to 255 bytes of UTF-8, no slash, no control character."""

MAX_NAME_BYTES = 255
_DIGITS = re.compile(r"[0-9]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Unicode's category Cc."""

_SMALL_LETTER = re.compile(
    r"LATIN SMALL (?:LETTER|LIGATURE) (?:DOTLESS )?([A-Z]{1,2})(?: WITH .+)?"
)
_LATIN = (range(0x80, 0x2B0), range(0x1E00, 0x1F00), range(0x2C60, 0x2C80))
"""Blocks that every version of Unicode that Python knows has full."""


def _letters_typed_otherwise() -> dict[int, str]:
    # Normalisation takes é apart but not ø, though Unicode calls that one an O WITH STROKE.
    # What is left is typed as its name begins: ø as o, ł as l, æ as ae.
    typed = {ord("ð"): "d", ord("þ"): "th", ord("ŋ"): "n"}
    for code in (code for block in _LATIN for code in block):
        name = _SMALL_LETTER.fullmatch(unicodedata.name(chr(code), ""))
        if name and not unicodedata.decomposition(chr(code)):
            typed[code] = name[1].lower()
    return typed


LETTERS = _letters_typed_otherwise()
"""For `str.translate`: small letters that have no accent to lose, as people type them."""


class IllegalNameError(InvalidInputError):
    """A name that no file or folder may have; the detail says why."""

    code = "illegal-name"


def file_name(raw: str) -> FileName:
    """Return `raw` as a legal name, normalised to NFC.

    Everything that is not refused is kept as it is: spaces, quotes, `#`, `%`,
    backslashes, emoji. Raises `IllegalNameError` with the reason.
    """
    # Most names are plain, and told to be so quicker than they are normalised.
    if 2 < len(raw) <= MAX_NAME_BYTES and raw.isascii() and raw.isprintable() and "/" not in raw:
        return FileName(raw)
    try:
        encoded = raw.encode()
    except UnicodeEncodeError as error:
        raise IllegalNameError("a name must be valid Unicode text") from error
    name = unicodedata.normalize("NFC", raw)
    reason = _reason_against(name, encoded_bytes=max(len(encoded), len(name.encode())))
    if reason:
        raise IllegalNameError(f"a name {reason}", name=name[:MAX_NAME_BYTES])
    return FileName(name)


def _reason_against(name: str, *, encoded_bytes: int) -> str | None:
    if not name:
        return "cannot be empty"
    if name in {".", ".."}:
        return "cannot be '.' or '..'"
    if "/" in name:
        return "cannot contain '/': make a folder instead"
    if _CONTROL.search(name):
        return "cannot contain control characters"
    if encoded_bytes > MAX_NAME_BYTES:
        return f"is at most {MAX_NAME_BYTES} bytes of UTF-8; this one has {encoded_bytes}"
    return None


def numbered(name: FileName, number: int) -> FileName:
    """Return `name` with ` (number)` before its extension, cut to fit 255 bytes.

    `numbered("a.tar.gz", 2)` is `a (2).tar.gz`; a name that starts with its only
    dot has no extension.
    """
    stem, extension = split_extension(name)
    suffix = f" ({number}){extension}"
    room = MAX_NAME_BYTES - len(suffix.encode())
    if room < 1:
        stem, suffix = name, f" ({number})"
        room = MAX_NAME_BYTES - len(suffix.encode())
    return FileName(stem.encode()[:room].decode(errors="ignore") + suffix)


def split_extension(name: str) -> tuple[str, str]:
    """Split a name before its extension, which keeps its dot and may be double (`.tar.gz`).

    A name that begins with its only dot, such as `.bashrc`, has none.
    """
    stem, dot, extension = name.rpartition(".")
    if not stem or not dot:
        return name, ""
    inner = stem.removesuffix(".tar")
    if inner and inner != stem:
        return inner, f".tar.{extension}"
    return stem, f".{extension}"


def search_form(text: str) -> str:
    """Return the form in which names are searched: no accents, no case.

    Two names that a person reads or types as the same letters have the same form.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFKC", bare.casefold()).translate(LETTERS)


def sort_form(text: str) -> str:
    """Return a form whose byte order is the order a person expects.

    `a2` comes before `A10`, because each run of digits is led by its length, and
    `a.txt` before `a (2).txt`, because the extension counts after the rest.
    """
    stem, extension = split_extension(text)
    form = search_form(stem) + ("\x01" + search_form(extension) if extension else "")
    return _DIGITS.sub(_with_length, form)


def _with_length(digits: re.Match[str]) -> str:
    value = digits.group().lstrip("0") or "0"
    return f"{len(value):03d}{value}"
