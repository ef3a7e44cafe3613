r"""Paths of a commit: bytes, as file systems have them, and the text that stands for them.

JSON and addresses hold text only. A path in UTF-8 is its own text. A byte that is no
UTF-8 is written `\xNN`, and a backslash `\\`, so that every path has one text,
and no text stands for two paths. What a person reads and types has `\xNN` also for each
byte of a character that cannot be seen, or that would steer a terminal.
"""

import re
import unicodedata

from keyshelf.errors import InvalidInputError

_ESCAPE = re.compile(rb"\\(?:(\\)|x([0-9a-fA-F]{2}))?")
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Control characters, marks of direction, and separators of lines, as Unicode calls them."""
_JOINERS = "\u200c\u200d"
"""Parts of ordinary emoji and scripts."""


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


def path_shown(path: bytes) -> str:
    """Return a path as a person is shown it; `path_typed` takes it back exactly."""
    text = path_text(path)
    return text if text.isprintable() else "".join(map(_seen, text))


def path_typed(text: str) -> bytes:
    """Return the path that a person types: as shown, as JSON has it, or in its own bytes.

    Raises `IllegalPathError`.
    """
    try:
        typed = text.encode(errors="surrogateescape")
    except UnicodeEncodeError as error:
        raise IllegalPathError("a path is written in valid Unicode") from error
    if any(found[0] == b"\\" for found in _ESCAPE.finditer(typed)):
        raise IllegalPathError(r"a backslash is written \\, and any byte \xNN", got=text[:200])
    return _ESCAPE.sub(_unescaped, typed)


def components(path: bytes) -> list[bytes]:
    """Return the names that lead from a root to a path; none for the root itself.

    Slashes at the ends, or several of them, and `.` do not count. Raises
    `IllegalPathError` for `..` and NUL.
    """
    names = [name for name in path.split(b"/") if name not in (b"", b".")]
    if b".." in names or b"\0" in path:
        raise IllegalPathError(f"'{path_shown(path)}' is no path below a folder")
    return names


def joined(folder: bytes, name: bytes) -> bytes:
    """Return the path of what has a name in a folder; `b""` is the root."""
    return folder + b"/" + name if folder else name


def _seen(char: str) -> str:
    if unicodedata.category(char) in _UNSEEN and char not in _JOINERS:
        return "".join(f"\\x{byte:02x}" for byte in char.encode())
    return char


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return b"\\"
    return bytes.fromhex(found[2].decode()) if found[2] else b""
