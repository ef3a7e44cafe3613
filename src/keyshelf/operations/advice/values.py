"""How a store is used, and what is advised."""

from dataclasses import dataclass

_MONTH_DAYS = 30
_ENOUGH_DAYS = 7
"""Fewer days say nothing of a month."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a store holds, and what was read from it through the service in some days."""

    store: str
    stored_bytes: int
    objects: int = 0
    small_bytes: int = 0
    """Of these, in objects below 128 KiB."""
    people: int = 0
    """How many have files or repositories there."""
    days: int = 0
    read_bytes: int = 0
    reads: int = 0

    @property
    def is_known(self) -> bool:
        """Whether it was looked at for long enough to speak of a month."""
        return self.days >= _ENOUGH_DAYS

    @property
    def read_bytes_a_month(self) -> int:
        """How many bytes are read in a month."""
        return self.read_bytes * _MONTH_DAYS // max(self.days, 1)

    @property
    def reads_a_month(self) -> int:
        """How often something is read in a month."""
        return self.reads * _MONTH_DAYS // max(self.days, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of where a store is."""

    store: str
    is_amazon: bool
    keeps_versions: bool
    has_log: bool
    is_tiered: bool
    """Whether a lifecycle moves what is old."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to consider, and which figures call for it."""

    about: str
    reason: str
    fix: str
