"""Where the next page begins, as an opaque string."""

import base64
import binascii
import json
from dataclasses import dataclass
from uuid import UUID

from keyshelf.drive.failures import BadCursorError


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: its place in the order of the list called `order`."""

    order: str
    value: str
    id: UUID
    in_folders: bool = False

    def encode(self) -> str:
        """Return the string that a caller hands back."""
        content = [self.order, self.value, str(self.id), self.in_folders]
        packed = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str | None, *, order: str) -> Cursor | None:
    """Read a cursor back; None without one.

    Raises `BadCursorError` for what `Cursor.encode` did not make, or made for
    another order.
    """
    if text is None:
        return None
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found, value, file_id, in_folders = json.loads(packed)
        cursor = Cursor(str(found), str(value), UUID(file_id), bool(in_folders))
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise BadCursorError("this cursor was not made here") from error
    if cursor.order != order or "\x00" in cursor.value:
        raise BadCursorError("this cursor belongs to a list in another order")
    return cursor
