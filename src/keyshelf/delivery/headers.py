"""The headers of an answer that carries an object's bytes."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from keyshelf.delivery.disposition import content_disposition
from keyshelf.delivery.inline import PDF, safe_inline_type
from keyshelf.delivery.validators import Validators, entity_tag, http_date

# User content never acts: no scripts, no requests, an origin of its own.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"

# A PDF acts only inside the browser's viewer, which not every browser opens in a sandbox.
PDF_POLICY = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)

# A browser that opens media by itself wraps it in a document that loads the same URL.
MEDIA_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline';"
    " sandbox; frame-ancestors 'self'"
)


class Caching(Enum):
    """Who may keep an answer, and for how long."""

    REVALIDATE = "private, no-cache"
    """The reader's own browser keeps it and asks each time whether it changed."""
    IMMUTABLE = "public, max-age=31536000, immutable"
    """Anybody keeps it for a year: only for addresses whose bytes never change."""
    NEVER = "no-store"


@dataclass(frozen=True, slots=True)
class Representation:
    """An object as an answer presents it."""

    size: int
    content_type: str
    etag: str | None = None
    modified_at: datetime | None = None

    @property
    def validators(self) -> Validators:
        """What conditional requests are compared with."""
        return Validators(etag=self.etag, modified_at=self.modified_at)


def for_object(
    shown: Representation,
    *,
    filename: str,
    inline: bool = False,
    caching: Caching = Caching.REVALIDATE,
) -> dict[str, str]:
    """Return all headers of the object's answer except its length and range.

    `inline` is a wish: a type that is not safe to show is an attachment. The
    names are in the usual spelling.
    """
    shown_type = safe_inline_type(shown.content_type, sandboxed=True) if inline else None
    content_type = shown_type or _one_line(shown.content_type)
    return {
        "Content-Type": content_type,
        "Content-Disposition": content_disposition(filename, inline=shown_type is not None),
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _policy(shown_type),
        "Cross-Origin-Resource-Policy": "same-origin",
        **for_cache(shown, caching=caching),
    }


def for_cache(shown: Representation, *, caching: Caching = Caching.REVALIDATE) -> dict[str, str]:
    """Return the headers that a 304 repeats: the validators and how long they hold."""
    headers = {"Cache-Control": caching.value}
    if shown.etag is not None:
        headers["ETag"] = entity_tag(shown.etag)
    if shown.modified_at is not None:
        headers["Last-Modified"] = http_date(shown.modified_at)
    return headers


def _policy(shown_type: str | None) -> str:
    if shown_type == PDF:
        return PDF_POLICY
    if shown_type is not None and shown_type.startswith(("image/", "audio/", "video/")):
        return MEDIA_POLICY
    return SANDBOX


def _one_line(content_type: str) -> str:
    """Return a stored type that can stand in a header, or the type of unknown bytes."""
    if content_type.isascii() and content_type.isprintable() and "/" in content_type:
        return content_type
    return "application/octet-stream"
