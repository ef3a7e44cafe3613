"""How a person names a moment."""

import re
from datetime import datetime, timedelta

from keyshelf.clock import system_clock
from keyshelf.errors import InvalidInputError

_AGO = re.compile(r"(\d{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class IllegalMomentError(InvalidInputError):
    """A moment is spelled like 2026-11-23T14:30, 2026-11-23, or 90m, 2h, 3d ago."""

    code = "illegal-moment"


def past_moment(text: str) -> datetime:
    """Return the moment that `text` names: ISO 8601, in local time unless it says, or how long ago.

    Raises `IllegalMomentError`, also for a moment that is yet to come.
    """
    now = system_clock()
    if ago := _AGO.fullmatch(text.strip()):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(text.strip()).astimezone()
    except ValueError:
        raise IllegalMomentError(
            f"{text!r} is no moment: write it like 2026-11-23T14:30, or 2h for two hours ago"
        ) from None
    if moment > now:
        raise IllegalMomentError(f"{text} is yet to come")
    return moment
