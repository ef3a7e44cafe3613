"""How a rendered picture is answered with."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request, Response

from keyshelf.api.objects import ANY_PAGE
from keyshelf.delivery.answers import plan
from keyshelf.delivery.headers import Representation
from keyshelf.media.pictures.service import Found

CHANGING = "public, no-cache"
"""Anybody keeps it and asks each time whether it changed."""
_YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class Term:
    """How long the answer to an address may be given, and kept by who gets it."""

    is_pinned: bool
    """Whether no other bytes ever answer the address."""
    expires_at: datetime | None
    """When the address ends."""

    def holds(self, now: datetime) -> bool:
        """Say whether the address is still good."""
        return self.expires_at is None or now < self.expires_at

    def caching(self, now: datetime) -> str:
        """Return the `Cache-Control`: nobody keeps an answer beyond its address's end."""
        if not self.is_pinned:
            return CHANGING
        left = _YEAR if self.expires_at is None else int((self.expires_at - now).total_seconds())
        return f"public, max-age={max(0, min(left, _YEAR))}, immutable"


def answer_with_picture(
    request: Request, found: Found, term: Term, *, filename: str, now: datetime
) -> Response:
    """Return the answer to a GET or HEAD of a picture: ranges and conditions included."""
    picture = found.picture
    answer = plan(
        request.method,
        request.headers,
        Representation(len(picture.data), picture.format.mimetype, picture.etag),
        filename=filename,
        inline=True,
    )
    headers = {**answer.headers, **ANY_PAGE}
    if answer.status < 400:
        headers["Cache-Control"] = term.caching(now)
    if found.varies:
        headers["Vary"] = "Accept"
    wanted = answer.byte_range
    body = picture.data if wanted is None else picture.data[wanted.start : wanted.end]
    return Response(body if answer.has_body else None, answer.status, headers)
