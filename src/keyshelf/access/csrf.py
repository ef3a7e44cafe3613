"""Proof that a change made with a cookie was asked for by our own page.

The proof is an HMAC of the cookie's digest: another site can make a browser
send the cookie, but cannot read it, nor the proof, nor set the header. It is
bound to one session, so that a proof of another session is worth nothing.
"""

import base64
import hmac

from keyshelf.access.identity import Identity
from keyshelf.digests import keyed_digest
from keyshelf.errors import ForbiddenError

HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_PURPOSE = b"keyshelf csrf 1\x00"


class CsrfError(ForbiddenError):
    """A change came with a cookie and without its proof. Read `/api/session` and send it."""

    code = "csrf-failed"


def token_for(key: bytes, identity: Identity) -> str | None:
    """Return the proof that the page sends back, or None when the caller needs none."""
    if identity.csrf_binding is None:
        return None
    return _proof(key, identity.csrf_binding)


def check(key: bytes, identity: Identity, *, method: str, header: str | None) -> None:
    """Raise `CsrfError` for a change that a cookie vouches for and `header` does not prove.

    Requests with a bearer token pass: a browser never sends those by itself.
    """
    if identity.csrf_binding is None or method.upper() in SAFE_METHODS:
        return
    expected = _proof(key, identity.csrf_binding)
    if not hmac.compare_digest(expected.encode(), (header or "").encode(errors="replace")):
        raise CsrfError("the X-CSRF-Token header is missing or belongs to another session")


def _proof(key: bytes, binding: bytes) -> str:
    digest = keyed_digest(key, _PURPOSE + binding)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
