"""A bill, and what besides storage it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import Enum, StrEnum

from keyshelf.operations.classes import StorageClass
from keyshelf.operations.prices.values import ZERO, PriceBook, PriceTable

_TIMES = "\u00d7"


class Item(StrEnum):
    """What a line is for."""

    STORAGE = "storage"
    MINIMUM_SIZE = "minimum size"
    OVERHEAD = "overhead"
    TAGS = "tags"
    EARLY_DELETION = "early deletion"
    WRITES = "writes"
    READS = "reads"
    LISTS = "lists"
    TRANSITIONS = "transitions"
    EGRESS = "egress"
    COPYING = "copying"
    RETRIEVAL = "retrieval"


class Measure(Enum):
    """What is counted, how it reads, and how many of it a price is for."""

    GB_MONTH = ("GB", "GB-month", 1)
    GB = ("GB", "GB", 1)
    REQUEST = ("requests", "1,000", 1000)
    OBJECT = ("objects", "1,000", 1000)
    TAG = ("tags", "1,000", 1000)

    def __init__(self, noun: str, per: str, divisor: int) -> None:
        self.noun = noun
        self.per = per
        self.divisor = divisor


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a bill: so much of something, at a price."""

    item: Item
    store: str
    kind: str = ""
    """Empty for what is not told by kind, such as requests."""
    storage_class: StorageClass = StorageClass.HOT
    tenant: str = ""
    count: Decimal
    measure: Measure
    price: Decimal
    note: str = ""
    """What a person should know of how the count came about."""
    is_estimate: bool = False

    @property
    def amount(self) -> Decimal:
        """What it costs."""
        return self.count / self.measure.divisor * self.price

    def explained(self, book: PriceBook) -> str:
        """Return the arithmetic: `1,234.5 GB` times `$0.023 per GB-month`."""
        is_whole = self.measure.divisor > 1
        count = f"{self.count:,.0f}" if is_whole else _gigabytes(self.count)
        note = f" ({self.note})" if self.note else ""
        price = f"{book.price(self.price)} per {self.measure.per}"
        return f"{count} {self.measure.noun} {_TIMES} {price}{note}"


def _gigabytes(count: Decimal) -> str:
    if count and abs(count) < Decimal("0.05"):
        return f"{count:.2g}" if count >= Decimal("0.0001") else f"{count:.1e}"
    return f"{count:,.1f}"


@dataclass(frozen=True, slots=True)
class Bill:
    """What a month costs."""

    lines: Sequence[Line]

    @property
    def total(self) -> Decimal:
        """The sum of all lines."""
        return sum((each.amount for each in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class Requests:
    """How often a store was asked in a month."""

    store: str
    writes: int = 0
    reads: int = 0
    lists: int = 0
    egress_bytes: int = 0
    """That left for the internet."""
    note: str = ""
    """How they are known, where nobody counted them."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Objects that a lifecycle rule moves into a class in a month."""

    store: str
    kind: str
    storage_class: StorageClass
    objects: int


@dataclass(frozen=True, slots=True)
class Activity:
    """What is done with what is stored, in a month; empty where nobody counted."""

    requests: Sequence[Requests] = ()
    requests_of: timedelta | None = None
    """For how long requests were counted; None where nobody has counted any."""
    moved: Sequence[Moved] = ()
    lifetimes: Mapping[str, int] = field(default_factory=dict[str, int])
    """After how many days objects of a kind are deleted, where that is known."""
    tags: int = 0
    """How many tags each object of repositories has."""


Tables = Mapping[str, PriceTable]
"""By which table each store is billed."""
