"""Conditional requests (RFC 9110, section 13): pure decisions from headers.

ETags are handled opaque, without quotes, as stores give them; every ETag of
Keyshelf is strong. Header names are looked up in lower case.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from enum import Enum
from urllib.parse import quote

_ENTITY_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_TAG_LIST = re.compile(rf"[ \t,]*(?:{_ENTITY_TAG.pattern}[ \t]*(?:,[ \t,]*|$))+")

# Every printable ASCII character except the quote may stand in an entity tag.
_TAG_CHARS = "".join(map(chr, (0x21, *range(0x23, 0x7F))))


class Decision(Enum):
    """What the conditions of a request ask for."""

    PROCEED = "proceed"
    NOT_MODIFIED = "not-modified"
    PRECONDITION_FAILED = "precondition-failed"


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells one state of a thing from another."""

    etag: str | None = None
    modified_at: datetime | None = None


def entity_tag(etag: str) -> str:
    """Return an opaque ETag as its header spells it: quoted, with odd characters escaped."""
    return f'"{quote(etag, safe=_TAG_CHARS)}"'


def http_date(moment: datetime) -> str:
    """Return a time as HTTP spells it, cut to the second."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def evaluate(method: str, headers: Mapping[str, str], current: Validators | None) -> Decision:
    """Return what the conditions in `headers` ask for, in the order of the RFC.

    `current` is None when the thing does not exist. A malformed `If-Match` is a
    failed one, because it guards a change; other malformed conditions are ignored.
    """
    if not _may_proceed(headers, current):
        return Decision.PRECONDITION_FAILED
    is_read = method.upper() in {"GET", "HEAD"}
    if "if-none-match" in headers:
        if not _any_tag_matches(headers["if-none-match"], current, weakly=True):
            return Decision.PROCEED
        return Decision.NOT_MODIFIED if is_read else Decision.PRECONDITION_FAILED
    if is_read and _is_unmodified_since(headers.get("if-modified-since"), current) is True:
        return Decision.NOT_MODIFIED
    return Decision.PROCEED


def if_match_holds(header: str | None, etag: str) -> bool:
    """Return whether a change guarded by `If-Match` may happen to the row or object `etag`."""
    return header is None or _any_tag_matches(header, Validators(etag=etag), weakly=False)


def range_applies(headers: Mapping[str, str], current: Validators) -> bool:
    """Return whether `Range` counts: there is no `If-Range`, or it names this very state.

    A date never names it: two states can share a second, and joining bytes of
    both would corrupt a resumed download. The whole object is always right.
    """
    if_range = headers.get("if-range")
    if if_range is None:
        return True
    tags = _tags(if_range)
    return tags is not None and len(tags) == 1 and _any_tag_matches(if_range, current, weakly=False)


def _may_proceed(headers: Mapping[str, str], current: Validators | None) -> bool:
    if "if-match" in headers:
        return _any_tag_matches(headers["if-match"], current, weakly=False)
    return _is_unmodified_since(headers.get("if-unmodified-since"), current) is not False


def _any_tag_matches(header: str, current: Validators | None, *, weakly: bool) -> bool:
    if current is None:
        return False
    if header.strip() == "*":
        return True
    if current.etag is None:
        return False
    own = entity_tag(current.etag)[1:-1]
    return any(tag == own and (weakly or not is_weak) for is_weak, tag in _tags(header) or ())


def _tags(header: str) -> list[tuple[bool, str]] | None:
    if not _TAG_LIST.fullmatch(header):
        return None
    return [(bool(match[1]), match[2]) for match in _ENTITY_TAG.finditer(header)]


def _is_unmodified_since(header: str | None, current: Validators | None) -> bool | None:
    """Answer None where the question does not apply: no date, a bad one, nothing to compare."""
    if header is None or current is None or current.modified_at is None:
        return None
    try:
        since = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    if since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    return current.modified_at.replace(microsecond=0) <= since
