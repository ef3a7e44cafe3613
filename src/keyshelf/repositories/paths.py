r"""Paths of a commit: bytes, as file systems have them, and the text that stands for them.

JSON and addresses hold text only. A path in UTF-8 is its own text. A byte that is no
UTF-8 is written `\xNN`, and a backslash `\\`, so that every path has one text,
and no text stands for two paths.
"""

import re

from keyshelf.errors import InvalidInputError

_ESCAPE = re.compile(rb"\\(?:(\\)|x([0-9a-f]{2}))?")


class IllegalPathError(InvalidInputError):
    """A text that stands for no path, or a path that leads out of its folder."""

    code = "illegal-path"


def path_text(path: bytes) -> str:
    """Return the text that stands for a path."""
    return path.replace(b"\\", b"\\\\").decode(errors="backslashreplace")


def path_bytes(text: str) -> bytes:
    """Return the path that a text stands for. Raises `IllegalPathError`."""
    try:
        path = _ESCAPE.sub(_unescaped, text.encode())
    except UnicodeEncodeError as error:
        raise IllegalPathError("a path is written in valid Unicode") from error
    # Also refuses `\x61`: two texts for one path would be two addresses of one file.
    if path_text(path) != text:
        raise IllegalPathError(
            r"a backslash is written \\, and \xNN only for a byte that is no UTF-8",
            got=text[:200],
        )
    return path


def components(path: bytes) -> list[bytes]:
    """Return the names that lead from a root to a path; none for the root itself.

    Slashes at the ends, or several of them, and `.` do not count. Raises
    `IllegalPathError` for `..` and NUL.
    """
    names = [name for name in path.split(b"/") if name not in (b"", b".")]
    if b".." in names or b"\0" in path:
        raise IllegalPathError(f"{path_text(path)!r} is no path below a folder")
    return names


def joined(folder: bytes, name: bytes) -> bytes:
    """Return the path of what has a name in a folder; `b""` is the root."""
    return folder + b"/" + name if folder else name


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return b"\\"
    return bytes.fromhex(found[2].decode()) if found[2] else b""
