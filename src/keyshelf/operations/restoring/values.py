"""What has to be restored, and what choices there are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.classes import ClassFacts
from keyshelf.store.restoring import RestoreTier


class NoSuchTierError(InvalidInputError):
    """Nothing is restored from a class so quickly, or so slowly; the detail says what there is."""

    code = "no-such-restore-tier"


@dataclass(frozen=True, slots=True)
class ColdObject:
    """An object that cannot be read before it is restored."""

    key: ObjectKey
    size: int
    of: ClassFacts
    is_asked: bool = False
    """Somebody has asked for it already."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a restore takes, as the cloud says it."""

    least: timedelta
    most: timedelta


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """What has to be restored of one class."""

    of: ClassFacts
    objects: int = 0
    bytes: int = 0
    asked: int = 0
    """How many of them somebody has asked for already."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to have it all restored."""

    tier: RestoreTier
    wait: Wait
    """How long the slowest class takes."""
    cost: Decimal | None
    """In the currency of the price book; None where that has no price for it."""


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What has to be restored, and the ways to do it, the quickest first."""

    totals: Sequence[ClassTotal] = ()
    choices: Sequence[Choice] = field(default_factory=tuple[Choice, ...])

    @property
    def objects(self) -> int:
        """How many objects cannot be read."""
        return sum(each.objects for each in self.totals)

    @property
    def bytes(self) -> int:
        """Their bytes."""
        return sum(each.bytes for each in self.totals)

    @property
    def asked(self) -> int:
        """How many of them somebody has asked for already."""
        return sum(each.asked for each in self.totals)
