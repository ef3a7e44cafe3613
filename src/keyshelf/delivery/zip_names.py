"""How paths are written in ZIP archives, so that no program unpacks them elsewhere.

Most paths stay as they are. What some program would read otherwise is written `%XX`, byte by
byte, and so is a `%` that would be read as that: no two paths are written alike, and
percent-decoding gives the bytes back.
"""

import re

from keyshelf.errors import LimitError

_MOST_BYTES = 0xFFFF
_HOSTILE = re.compile(
    r"""
      [\x00-\x1f\x7f-\x9f]          # control characters
    | [\\:]                         # on Windows the end of a folder, of a drive, of a file
    | [ .]\Z                        # Windows leaves it out, and `..` leads away
    | %(?=[0-9A-Fa-f]{2})           # would be read as one of these
    | [\udc80-\udcff]               # a byte that is no UTF-8
    | \A[a-z](?=(?:(?<=c)on|(?<=p)rn|(?<=a)ux|(?<=n)ul|(?:(?<=c)om|(?<=l)pt)[0-9\xb9\xb2\xb3])
        [ ]*(?:\.|\Z))              # a device of Windows
    """,
    re.VERBOSE | re.IGNORECASE,
)


class PathTooLongError(LimitError):
    """A path is longer than a ZIP archive can hold. Download a folder that is nearer to it."""

    code = "path-too-long-for-zip"


def member_name(path: bytes) -> str:
    """Return how a path, with `/` between its names, is written. Raises `PathTooLongError`."""
    names = path.decode(errors="surrogateescape").split("/")
    written = "/".join(_HOSTILE.sub(_escaped, name) for name in names)
    if len(written.encode()) >= _MOST_BYTES:  # one more ends a folder
        raise PathTooLongError(f"a ZIP archive cannot hold a path so long: {written[:200]}…")
    return written


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode(errors="surrogateescape"))
