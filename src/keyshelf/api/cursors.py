"""Where the next page of a list begins, as an opaque string."""

import base64
import binascii
from typing import TypeVar

import msgspec

from keyshelf.drive.failures import BadCursorError

T = TypeVar("T")


def encode(place: object) -> str:
    """Return the string that a caller hands back for the page after a place."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def decode(text: str, kind: type[T]) -> T:
    """Read a cursor back. Raises `BadCursorError` for what `encode` did not make of a `kind`."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(packed, type=kind)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursorError("this cursor was not made here") from error
