"""The `Content-Disposition` of a file, for any name (RFC 6266, RFC 8187)."""

import re
import unicodedata
from urllib.parse import quote

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# Quotes and backslashes are unescaped differently by different browsers, some
# decode `%41`, and a slash reads as a path: none of them belongs in the fallback.
_UNSAFE_IN_FALLBACK = re.compile(r'[^\x20-\x7e]|["\\%/]')

# RFC 8187 `attr-char` beyond letters, digits and `-._~`, which `quote` keeps.
_ATTR_CHARS = "!#$&+^`|"


def content_disposition(filename: str, *, inline: bool) -> str:
    """Return the header value under which a browser shows or saves `filename`.

    A legal file name survives exactly. A name that plain ASCII cannot carry is
    given twice: as `filename*`, and for old programs as an ASCII `filename`.
    Control characters become `_`; the value is always one line of ASCII.
    """
    kind = "inline" if inline else "attachment"
    name = _CONTROL.sub("_", filename)
    fallback = _ascii_fallback(name)
    if fallback == name:
        return f'{kind}; filename="{name}"'
    # A lone surrogate cannot be written as UTF-8: it becomes a question mark.
    extended = quote(name.encode("utf-8", errors="replace"), safe=_ATTR_CHARS)
    return f"{kind}; filename=\"{fallback}\"; filename*=UTF-8''{extended}"


def _ascii_fallback(name: str) -> str:
    letters = (
        char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char)
    )
    return _UNSAFE_IN_FALLBACK.sub("_", "".join(letters))
