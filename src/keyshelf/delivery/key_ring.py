"""Secret keys with names, so that a new one can take over while the old ones still open."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from keyshelf.errors import InvalidInputError

KEY_BYTES = 32
_ID = re.compile(r"[0-9A-Za-z_-]{1,32}")
_KEY = re.compile(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}")


class IllegalKeyRingError(InvalidInputError):
    """Keys are written `id:64 hex digits`, separated by commas, the one in use first."""

    code = "illegal-key-ring"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys of 32 bytes by their ids; `current` is the one that new things are made with."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def current_key(self) -> bytes:
        """The key that new things are made with."""
        return self.keys[self.current]


def parse(text: str) -> KeyRing:
    """Read `2026b:HEX,2026a:HEX`, the key in use first. Raises `IllegalKeyRingError`."""
    keys: dict[str, bytes] = {}
    for each in text.split(","):
        name, colon, digits = each.strip().partition(":")
        if not colon or not _ID.fullmatch(name) or not _KEY.fullmatch(digits):
            raise IllegalKeyRingError(
                "keys are written `id:64 hex digits`, separated by commas; an id has up to 32"
                " letters, digits, hyphens and underscores"
            )
        if keys.setdefault(name, bytes.fromhex(digits)) != bytes.fromhex(digits):
            raise IllegalKeyRingError(f"two keys are called {name}")
    return KeyRing(next(iter(keys)), keys)


def of_one(name: str, key: bytes) -> KeyRing:
    """Return a ring of one key. Raises `IllegalKeyRingError` unless it has 32 bytes."""
    if len(key) != KEY_BYTES or not _ID.fullmatch(name):
        raise IllegalKeyRingError(f"a key has {KEY_BYTES} bytes and an id")
    return KeyRing(name, {name: key})
