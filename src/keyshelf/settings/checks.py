"""What the text of a setting may be: each check returns its value, or says why it cannot be."""

import base64
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from keyshelf.delivery import key_ring
from keyshelf.errors import InvalidInputError
from keyshelf.media.images.presets import parse_presets

_NAMESPACE = re.compile(r"[a-z](?:-?[a-z0-9])*")
_KEY = re.compile(r"[0-9a-fA-F]{64}")
_PRICE_TABLE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_WIDEST_WEBP = 16_383
_LONGEST_URL_SECONDS = 604_800  # S3 and Google Cloud Storage refuse a longer life


def number(text: str) -> int:
    """Read a whole number."""
    try:
        return int(text)
    except ValueError:
        raise ValueError("must be a whole number") from None


def port(text: str) -> int:
    """Read a port."""
    port = number(text)
    if not 0 <= port <= 65535:
        raise ValueError("a port is 0 to 65535")
    return port


def positive(text: str) -> int:
    """Read a whole number from 1."""
    found = number(text)
    if found < 1:
        raise ValueError("must be at least 1")
    return found


def not_negative(text: str) -> int:
    """Read a whole number from 0."""
    found = number(text)
    if found < 0:
        raise ValueError("must be at least 0")
    return found


def namespace(text: str) -> str:
    """Take what names of metadata may begin with."""
    if not 1 <= len(text) <= 20 or not _NAMESPACE.fullmatch(text):
        raise ValueError(
            "must be 1 to 20 lowercase letters, digits and single hyphens, the first a letter"
        )
    return text


def key(text: str) -> str:
    """Take a key of 32 bytes in hexadecimal."""
    if not _KEY.fullmatch(text):
        raise ValueError("must be 64 hexadecimal digits: `openssl rand -hex 32` makes them")
    return text


def keys(text: str) -> str:
    """Take keys with ids."""
    try:
        key_ring.parse(text)
    except key_ring.IllegalKeyRingError as error:
        raise ValueError(error.detail) from None
    return text


def presets(text: str) -> str:
    """Take presets of pictures."""
    try:
        parse_presets(text)
    except InvalidInputError as error:
        raise ValueError(error.detail) from None
    return text


def side(text: str) -> int:
    """Read the width or height of a picture."""
    pixels = positive(text)
    if pixels > _WIDEST_WEBP:
        raise ValueError(f"must be at most {_WIDEST_WEBP}, which is what WebP holds")
    return pixels


def lifetime(text: str) -> int:
    """Read how long signed URLs may live."""
    seconds = positive(text)
    if seconds > _LONGEST_URL_SECONDS:
        raise ValueError(f"must be at most {_LONGEST_URL_SECONDS}, which is seven days")
    return seconds


def flag(text: str) -> bool:
    """Read true or false."""
    values = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in values:
        raise ValueError("must be true or false")
    return values[text.lower()]


def url(text: str) -> str:
    """Take an address of HTTP, without a slash at its end."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("must begin with http:// or https:// and a host")
    return text.rstrip("/")


def redis_url(text: str) -> str:
    """Take an address of Redis."""
    if urlsplit(text).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return text


def price_table(text: str) -> str:
    """Take the name of a table of the price book."""
    if not _PRICE_TABLE.fullmatch(text):
        raise ValueError("must be a cloud and a region, such as gcs.us-central1 or own.hardware")
    return text


def choice(*allowed: str) -> Callable[[str], str]:
    """Return a check that takes some words only."""

    def check(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return check


def webhook_secret(text: str) -> str:
    """Take a secret of Standard Webhooks."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not text.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError("must be `whsec_` and the base64 of 24 to 64 random bytes")
    return text
