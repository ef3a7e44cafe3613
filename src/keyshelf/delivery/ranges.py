"""The `Range` header (RFC 9110, section 14)."""

import re

from keyshelf.store.base import ByteRange
from keyshelf.store.errors import InvalidRangeError

_RANGE = re.compile(r"([0-9]*)-([0-9]*)")

# Past any object, and short enough that reading it costs nothing.
_MAX_DIGITS = 19
_BEYOND = 10**_MAX_DIGITS


def parse(header: str | None, size: int) -> ByteRange | None:
    """Return the bytes that a `Range` header asks of an object, or None for all of it.

    A header that is malformed, of another unit, or of several ranges is
    answered with the whole object, as the RFC allows. Raises
    `InvalidRangeError` when the one range holds no byte of the object.
    """
    single = _single_range(header)
    if single is None:
        return None
    first, last = single
    if first is None:
        return _suffix(last or 0, size)
    if last is not None and last < first:
        return None
    if first >= size:
        raise _unsatisfiable(size)
    return ByteRange(first, size if last is None else min(last + 1, size))


def content_range(byte_range: ByteRange, size: int) -> str:
    """Return the `Content-Range` of an answer that holds `byte_range` of `size` bytes."""
    end = size if byte_range.end is None else byte_range.end
    return f"bytes {byte_range.start}-{end - 1}/{size}"


def unsatisfied(size: int) -> str:
    """Return the `Content-Range` of a 416 answer."""
    return f"bytes */{size}"


def _single_range(header: str | None) -> tuple[int | None, int | None] | None:
    unit, equals, ranges = (header or "").partition("=")
    if not equals or unit.strip().lower() != "bytes":
        return None
    wanted = [each for each in (part.strip(" \t") for part in ranges.split(",")) if each]
    match = _RANGE.fullmatch(wanted[0]) if len(wanted) == 1 else None
    if match is None or not (match[1] or match[2]):
        return None
    return _position(match[1]), _position(match[2])


def _position(digits: str) -> int | None:
    if not digits:
        return None
    significant = digits.lstrip("0")
    return _BEYOND if len(significant) > _MAX_DIGITS else int(significant or "0")


def _suffix(length: int, size: int) -> ByteRange | None:
    if length == 0:
        raise _unsatisfiable(size)
    if size == 0:
        # Satisfiable by the RFC, and `Content-Range` cannot spell it: all of nothing.
        return None
    return ByteRange(max(0, size - length), size)


def _unsatisfiable(size: int) -> InvalidRangeError:
    return InvalidRangeError(f"the range lies outside the {size} bytes of the object", size=size)
