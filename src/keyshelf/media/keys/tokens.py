"""Playback tokens: who holds one may play the media of one hash until it ends.

    base64url(JSON {"hash": "…", "exp": seconds since 1970}) "." base64url(MAC)

Both without padding. The MAC is HMAC-SHA-256 over the first part as it is written,
under a key that is made from the service's secret for this alone. A host application
that is given that key (`keyshelf token playback-key`) makes tokens by itself.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keyshelf.layout.media import MediaHash
from keyshelf.media.keys.values import PlaybackTokenError, PlaybackTokenMissingError

DEFAULT_LIFE = timedelta(hours=6)
LONGEST_LIFE = timedelta(days=7)
_LONGEST_TOKEN = 512
_BEARER = "bearer "


class _Claims(msgspec.Struct, frozen=True):
    hash: str
    exp: int


def playback_key(secret: bytes) -> bytes:
    """Return the key of playback tokens that belongs to a service's secret."""
    return HKDF(SHA256(), 32, None, b"keyshelf playback tokens 1").derive(secret)


def mint(key: bytes, media: MediaHash, *, expires_at: datetime) -> str:
    """Return a token for the media of a hash, good through the second of `expires_at`."""
    claims = msgspec.json.encode(_Claims(media, int(expires_at.timestamp())))
    return _text(claims) + "." + _text(_mac(key, _text(claims)))


def verify(key: bytes, token: str, media: MediaHash, *, now: datetime) -> datetime:
    """Return when a token of the media of a hash ends. Raises `PlaybackTokenError`."""
    held, ends_at = opened(key, token, now=now)
    if held != media:
        raise PlaybackTokenError("this playback token is of other media")
    return ends_at


def opened(key: bytes, token: str, *, now: datetime) -> tuple[str, datetime]:
    """Return of which media a token is, and when it ends. Raises `PlaybackTokenError`."""
    claims = _claims(key, token)
    if now.timestamp() > claims.exp:
        raise PlaybackTokenError("this playback token has ended")
    return claims.hash, datetime.fromtimestamp(claims.exp, UTC)


def from_headers(headers: Mapping[str, str]) -> str:
    """Return the token of a request. Raises `PlaybackTokenMissingError`."""
    value = headers.get("authorization", "")
    if value[: len(_BEARER)].lower() != _BEARER:
        raise PlaybackTokenMissingError("this needs `Authorization: Bearer` and a playback token")
    return value[len(_BEARER) :].strip()


def _claims(key: bytes, token: str) -> _Claims:
    first, dot, second = token.partition(".")
    is_ours = (
        len(token) <= _LONGEST_TOKEN
        and token.isascii()
        and dot
        and hmac.compare_digest(_text(_mac(key, first)), second)
    )
    if not is_ours:
        raise PlaybackTokenError("this is no playback token of this service")
    try:
        padded = first + "=" * (-len(first) % 4)
        claims = msgspec.json.decode(urlsafe_b64decode(padded), type=_Claims)
    except (NotBase64Error, msgspec.DecodeError) as error:
        raise PlaybackTokenError("this playback token says nothing") from error
    if not 0 <= claims.exp < 2**37:
        raise PlaybackTokenError("this playback token says nothing")
    return claims


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), sha256).digest()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
