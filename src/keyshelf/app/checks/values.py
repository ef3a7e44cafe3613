"""What one check of one part says."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    status: Status
    detail: str
    fix: str | None = None
    """What to do about it; None when all is well."""


def ok(name: str, detail: str) -> Check:
    """Return a check that found nothing wrong."""
    return Check(name, "ok", detail)


def warning(name: str, detail: str, *, fix: str) -> Check:
    """Return a check that found what works, and could hurt."""
    return Check(name, "warning", detail, fix)


def failed(name: str, detail: str, *, fix: str) -> Check:
    """Return a check that found what does not work."""
    return Check(name, "failed", detail, fix)
