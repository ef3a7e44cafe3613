"""The one decision behind an answer with bytes: status, range and headers."""

from collections.abc import Mapping
from dataclasses import dataclass

from keyshelf.delivery import ranges, validators
from keyshelf.delivery.headers import Caching, Representation, for_cache, for_object
from keyshelf.delivery.validators import Decision
from keyshelf.store.base import ByteRange
from keyshelf.store.errors import InvalidRangeError


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send: `byte_range` is None for the whole object, `has_body` false for none."""

    status: int
    headers: Mapping[str, str]
    byte_range: ByteRange | None = None
    has_body: bool = True


def plan(
    method: str,
    request_headers: Mapping[str, str],
    shown: Representation,
    *,
    filename: str,
    inline: bool = False,
    caching: Caching = Caching.REVALIDATE,
) -> Answer:
    """Return how a GET or HEAD of an object is answered: 200, 206, 304, 412 or 416.

    Conditions come before ranges, and a range belongs to GET only. The body of
    a 412 or 416 is left to the caller. Request header names are in lower case.
    """
    decision = validators.evaluate(method, request_headers, shown.validators)
    if decision is Decision.NOT_MODIFIED:
        return Answer(304, for_cache(shown, caching=caching), has_body=False)
    if decision is Decision.PRECONDITION_FAILED:
        return Answer(412, {}, has_body=False)
    is_get = method.upper() == "GET"
    byte_range = None
    if is_get and validators.range_applies(request_headers, shown.validators):
        try:
            byte_range = ranges.parse(request_headers.get("range"), shown.size)
        except InvalidRangeError:
            return Answer(416, {"Content-Range": ranges.unsatisfied(shown.size)}, has_body=False)
    headers = for_object(shown, filename=filename, inline=inline, caching=caching)
    if byte_range is None:
        return Answer(200, {**headers, "Content-Length": str(shown.size)}, has_body=is_get)
    length = (byte_range.end or shown.size) - byte_range.start
    partial = {
        "Content-Length": str(length),
        "Content-Range": ranges.content_range(byte_range, shown.size),
    }
    return Answer(206, {**headers, **partial}, byte_range)
