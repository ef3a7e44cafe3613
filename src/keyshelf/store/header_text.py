"""Any text as the value of an HTTP header: RFC 2047 encoded words.

Stores keep user metadata in headers, which hold printable ASCII. A value that is
such text stands as it is; any other is written as one encoded word,
`=?UTF-8?B?…?=`, which S3 itself gives out for text that is not ASCII. What other
programs wrote as several words, or as quoted-printable, is read as well.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from quopri import decodestring

_WORD = re.compile(r"=\?([\w-]+)\?([BbQq])\?([^? ]*)\?=")
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?)")


def encode_value(text: str) -> str:
    """Return `text` as a header value that `decode_value` turns back into it."""
    plain = text.isascii() and text.isprintable() and text == text.strip()
    # Some servers merge runs of spaces and some lose a header that is empty.
    if plain and text and "=?" not in text and "  " not in text:
        return text
    return f"=?UTF-8?B?{b64encode(text.encode()).decode()}?="


def decode_value(value: str) -> str:
    """Return the text of a header value; what is not a valid encoded word stays as it is."""
    if "=?" not in value:
        return value
    return _WORD.sub(_decode_word, _BETWEEN_WORDS.sub("", value))


def _decode_word(match: re.Match[str]) -> str:
    charset, encoding, data = match.groups()
    try:
        if encoding in "Bb":
            return b64decode(data, validate=True).decode(charset)
        return decodestring(data.replace("_", " ").encode(), header=False).decode(charset)
    except (binascii.Error, UnicodeError, LookupError):
        return match[0]


def encode_values(metadata: Mapping[str, str], *, prefix: str) -> dict[str, str]:
    """Return metadata as headers whose names start with `prefix`."""
    return {f"{prefix}{name}": encode_value(value) for name, value in metadata.items()}


def decode_values(headers: Mapping[str, str], *, prefix: str) -> dict[str, str]:
    """Return the metadata among headers whose names are in lower case."""
    return {
        name[len(prefix) :]: decode_value(value)
        for name, value in headers.items()
        if name.startswith(prefix)
    }
