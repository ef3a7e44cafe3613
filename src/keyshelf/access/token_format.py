"""How API tokens are spelled: `ks_`, 43 random characters, 6 check characters.

The fixed start and the check let scanners find leaked tokens without false
alarms, and let a typo be told from a revoked token without a database. The
format is stored in other people's scripts: it never changes.
"""

import re
import secrets
import zlib
from collections.abc import Callable

from keyshelf.access.identity import BadCredentialError

RandomBytes = Callable[[int], bytes]

PREFIX = "ks_"
SECRET_BYTES = 32

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_LENGTH = 43  # base62 digits of 32 bytes
_CHECK_LENGTH = 6  # base62 digits of a CRC-32
_TOKEN = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_SECRET_LENGTH + _CHECK_LENGTH}}}")


def generate(random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """Return a new token of 256 random bits."""
    number = int.from_bytes(random_bytes(SECRET_BYTES), "big")
    start = PREFIX + _base62(number, length=_SECRET_LENGTH)
    return start + _check(start)


def claims_to_be_token(text: str) -> bool:
    """Return whether `text` starts as our tokens do, right or mistyped."""
    return text.startswith(PREFIX)


def require_well_formed(text: str) -> None:
    """Raise `BadCredentialError` unless `text` is spelled as `generate` spells tokens."""
    well_formed = (
        _TOKEN.fullmatch(text) is not None
        and _check(text[:-_CHECK_LENGTH]) == text[-_CHECK_LENGTH:]
    )
    if not well_formed:
        raise BadCredentialError("the API token is mistyped or cut off: copy it again")


def _check(start: str) -> str:
    return _base62(zlib.crc32(start.encode()), length=_CHECK_LENGTH)


def _base62(number: int, *, length: int) -> str:
    digits: list[str] = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
