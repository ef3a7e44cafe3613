"""Signed addresses of pictures and originals that need no sign-in.

    {key id}.{expiry}.{mac}

`expiry` is in seconds since 1970, 0 for never. `mac` is HMAC-SHA-256 in base64url
without padding, under the key of that id, of these lines joined by newlines:

    keyshelf-url-1
    {domain}        img, original or thumb: an address of one is none of another
    {key id}
    {expiry}
    {canonical}     what the address asks for, percent-decoded

A host application that holds a key makes such addresses by itself.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from keyshelf.delivery.key_ring import KeyRing
from keyshelf.errors import ForbiddenError

Domain = Literal["img", "original", "thumb"]

_VERSION = "keyshelf-url-1"
_SIGNATURE = re.compile(r"([0-9A-Za-z_-]{1,32})\.(0|[1-9][0-9]{0,10})\.([0-9A-Za-z_-]{43})")


class UrlSignatureError(ForbiddenError):
    """The address was not signed with a key of this service, or was changed. Get a new one."""

    code = "url-signature-invalid"


class UrlExpiredError(ForbiddenError):
    """The address was right and its time is over. Get a new one."""

    code = "url-expired"


def sign(
    ring: KeyRing, domain: Domain, canonical: str, *, expires_at: datetime | None = None
) -> str:
    """Return the signature of an address; without `expires_at` it is good for ever."""
    return signing(ring, domain, expires_at=expires_at)(canonical)


def signing(
    ring: KeyRing, domain: Domain, *, expires_at: datetime | None = None
) -> Callable[[str], str]:
    """Return what signs addresses that end at the same time: many take less so."""
    expiry = str(0 if expires_at is None else int(expires_at.timestamp()))
    begun = _begun(ring.current_key, domain, ring.current, expiry)
    start = f"{ring.current}.{expiry}."
    return lambda canonical: start + _mac(begun, canonical)


def verify(
    ring: KeyRing, domain: Domain, canonical: str, signature: str, *, now: datetime
) -> datetime | None:
    """Return when an address ends, None for never.

    Raises `UrlSignatureError`, and `UrlExpiredError` for one that was right.
    """
    found = _SIGNATURE.fullmatch(signature)
    key = ring.keys.get(found[1]) if found else None
    if found is None or key is None:
        raise UrlSignatureError("the address is not signed by this service")
    begun = _begun(key, domain, found[1], found[2])
    if not hmac.compare_digest(_mac(begun, canonical), found[3]):
        raise UrlSignatureError("the address is not signed by this service")
    if found[2] == "0":
        return None
    expires_at = datetime.fromtimestamp(int(found[2]), UTC)
    if now >= expires_at:
        raise UrlExpiredError("the time of this address is over")
    return expires_at


def _begun(key: bytes, domain: Domain, key_id: str, expiry: str) -> hmac.HMAC:
    return hmac.new(key, f"{_VERSION}\n{domain}\n{key_id}\n{expiry}\n".encode(), "sha256")


def _mac(begun: hmac.HMAC, canonical: str) -> str:
    whole = begun.copy()
    whole.update(canonical.encode("utf-8", "surrogatepass"))
    return urlsafe_b64encode(whole.digest()).rstrip(b"=").decode()
