"""Sizes as people write them: `10TB`, `500GiB`, `64 KB`."""

import re
from decimal import Decimal

from keyshelf.errors import InvalidInputError

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)
_LETTERS = "kmgtpe"
_UNITS = {
    "b": 1,
    "": 1,
    **{f"{letter}b": 1000**power for power, letter in enumerate(_LETTERS, 1)},
    **{f"{letter}ib": 1024**power for power, letter in enumerate(_LETTERS, 1)},
}
_MOST = 10**24
_NAMES = ("B", "KB", "MB", "GB", "TB", "PB", "EB")


class IllegalSizeError(InvalidInputError):
    """A size is a number and a unit: 10TB is ten times a million million bytes, 10TiB 2^40."""

    code = "illegal-size"


def size(text: str) -> int:
    """Return a size in bytes; from 1 to 10^24. Raises `IllegalSizeError`."""
    found = _SIZE.fullmatch(text.strip())
    if found is None or found[2].lower() not in _UNITS:
        raise IllegalSizeError(
            f"{text[:40]!r} is no size: write a number and a unit, such as 10TB or 500GiB"
        )
    count = int(Decimal(found[1]) * _UNITS[found[2].lower()])
    if count < 1:
        raise IllegalSizeError(f"{text[:40]!r} is less than a byte")
    if count > _MOST:
        raise IllegalSizeError(f"{text[:40]!r} is more than anybody has: 1,000,000 EB at most")
    return count


def size_text(count: int) -> str:
    """Return a number of bytes in decimal units, as storage is sold: `1.5 TB`."""
    power = min((len(str(count)) - 1) // 3, len(_NAMES) - 1)
    value = Decimal(count) / 1000**power
    digits = 0 if value == value.to_integral_value() else 1
    return f"{value:,.{digits}f} {_NAMES[power]}"
