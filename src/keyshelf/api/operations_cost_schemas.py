"""The shapes of answers about costs, capacity and growth."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import ConfigDict

from keyshelf.api.schemas import Answer


class _Shown(Answer):
    """An answer that is made of a value's fields."""

    model_config = ConfigDict(use_attribute_docstrings=True, from_attributes=True)


class PriceTableOut(_Shown):
    """By which prices a store is billed."""

    store: str
    table: str
    as_of: date
    """When its figures were known to be true."""
    source: str
    classes: Sequence[str]
    """That have prices: hot, and others where the place has them."""


class CostGroupOut(_Shown):
    """A part of the bill. The parts add up to the total."""

    name: str
    objects: int
    bytes: int
    amount: float
    is_estimate: bool


class CostLineOut(_Shown):
    """One line of a bill: a count, at a price."""

    item: str
    store: str
    kind: str
    storage_class: str
    tenant: str
    count: float
    unit: str
    price: float
    amount: float
    explanation: str
    is_estimate: bool


class ScenarioOut(_Shown):
    """What it would cost if things were otherwise; the first is how they are."""

    name: str
    month: float
    difference: float
    """Against a month as it is."""
    once: float
    """What it takes to get there."""
    writing: float
    """What the requests cost that write all chunks once."""
    reading: float
    """What it costs to read them all once, out of the class that they are in."""
    objects: int
    notes: Sequence[str]
    lines: Sequence[CostLineOut]
    once_lines: Sequence[CostLineOut]


class ExpectedOut(_Shown):
    """What is to be expected on a day; 19 of 20 such days lie between low and high."""

    day: date
    value: float
    low: float
    high: float


class ForecastOut(_Shown):
    """Where things are going, as a straight line through daily snapshots says."""

    days: int
    """Of how many snapshots it was made."""
    bytes_a_day: float
    bytes: Sequence[ExpectedOut]
    cost: Sequence[ExpectedOut]


class CostOut(_Shown):
    """What a month of storage costs."""

    day: date
    """Of which snapshot it is."""
    counted_at: datetime
    currency: str
    tables: Sequence[PriceTableOut]
    total: float
    groups: Sequence[CostGroupOut]
    """The dearest first."""
    lines: Sequence[CostLineOut]
    what_if: Sequence[ScenarioOut]
    forecast: ForecastOut | None
    """Null unless asked for, and where there are too few days."""
    notes: Sequence[str]


class BetweenOut(_Shown):
    """A number that is known in its bounds only."""

    least: float
    most: float


class AssumedOut(_Shown):
    """What was taken for granted."""

    chunk_bytes: int
    least_saved: float
    most_saved: float
    pack_bytes: int | None
    replicas: int
    partitions: int


class CapacityItemOut(_Shown):
    """What content of a size takes."""

    size: int
    chunks: int
    """Before deduplication."""
    storage_bytes: BetweenOut
    objects: BetweenOut
    prefixes: int
    put_seconds: BetweenOut
    """How long writing all takes at the limit of S3."""
    get_seconds: float
    index_rows: BetweenOut
    index_bytes: BetweenOut
    """In PostgreSQL, with the indexes."""
    month: BetweenOut
    """What storage costs a month."""
    writing: BetweenOut
    """What the requests cost that write all."""


class CapacityOut(_Shown):
    """What content of some sizes takes, a row each."""

    currency: str
    table: str
    as_of: date
    assumed: AssumedOut
    items: Sequence[CapacityItemOut]


class PointOut(_Shown):
    """How much there was of something on a day."""

    day: date
    name: str
    objects: int
    bytes: int


class DailyCostOut(_Shown):
    """What storage in repositories cost on a day, at the price of the hot class."""

    day: date
    total_bytes: int
    estimated_cost: float


class GrowthOut(Answer):
    """What was stored on each day that was counted."""

    items: Sequence[PointOut]
    """By day and name."""
    currency: str
    daily_cost: Sequence[DailyCostOut]
    """The last day first."""
