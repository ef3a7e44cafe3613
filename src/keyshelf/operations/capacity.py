"""How much room, time and money a repository of some size takes: arithmetic on assumptions.

The defaults are the specification's; what a real repository measured may replace them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil
from typing import Protocol

from keyshelf.errors import InvalidInputError
from keyshelf.operations import sizes
from keyshelf.operations.classes import StorageClass
from keyshelf.operations.prices.values import PriceBook, PriceTable

PUTS_A_SECOND = 3_500
GETS_A_SECOND = 5_500
"""What S3 promises for each prefix that it has given a partition of its own."""
PREFIXES = 65_536
"""Folders that chunks lie in: `v1/chunks/00/00/` to `v1/chunks/ff/ff/`."""
INDEX_ROW_BYTES = 230
"""Of `repository_chunks` with its indexes: measured on PostgreSQL 18 after 1,000,000 rows with
random ids, inserted 10,000 at a time: 77 MB of rows, 77 MB for each of the two indexes."""
TABLE_SIZES = (100 * 10**9, 10**12, 10 * 10**12, 100 * 10**12)
"""The rows of the specification's table: 100 GB, 1 TB, 10 TB, 100 TB."""


_SAVED = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?\s*%?")


class NothingMeasuredError(InvalidInputError):
    """A repository holds nothing whose size could be measured. Commit something first."""

    code = "nothing-measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What is taken for granted about content and where it is kept."""

    chunk_bytes: int = 64_000
    """Of an average chunk, before compression."""
    least_saved: float = 0.2
    """Which share of the bytes deduplication and compression save, at least and at most."""
    most_saved: float = 0.5
    pack_bytes: int | None = None
    """How large the objects are that chunks are packed into; None: each is an object."""
    replicas: int = 0
    """Copies in other regions."""
    partitions: int = 1
    """How many prefixes S3 has given partitions of their own: it begins with one."""

    def __post_init__(self) -> None:
        if not 0 <= self.least_saved <= self.most_saved < 1:
            raise InvalidInputError("what is saved is a share from 0 to less than 100 %")
        if self.chunk_bytes < 1 or (self.pack_bytes is not None and self.pack_bytes < 1):
            raise InvalidInputError("a chunk or a pack has at least a byte")
        if not 0 <= self.replicas <= 100 or not 1 <= self.partitions <= PREFIXES:
            raise InvalidInputError(
                f"there are 0 to 100 replicas, and 1 to {PREFIXES:,} partitions"
            )


class Measured(Protocol):
    """What a real repository holds."""

    @property
    def logical_bytes(self) -> int:
        """What copies of all commits' files would take."""
        ...

    @property
    def chunk_bytes(self) -> int:
        """Its distinct chunks before compression."""
        ...

    @property
    def chunks(self) -> int:
        """How many there are."""
        ...

    @property
    def stored_bytes(self) -> int:
        """Their objects."""
        ...


@dataclass(frozen=True, slots=True)
class Between:
    """A number that is known in its bounds only."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Capacity:
    """What content of a size takes."""

    size: int
    chunk_bytes: int
    chunks: int
    """Before deduplication."""
    storage_bytes: Between
    """After it, in one region."""
    objects: Between
    """The same, as objects."""
    prefixes: int
    """Folders that hold any, about."""
    put_seconds: Between
    """How long writing all takes at the limit of S3."""
    get_seconds: float
    """How long reading all takes, a request a chunk."""
    index_rows: Between
    index_bytes: Between
    """In PostgreSQL, with the indexes."""
    month: tuple[Decimal, Decimal]
    """What storage costs a month, replicas included, in the hot class."""
    writing: tuple[Decimal, Decimal]
    """What the requests cost that write all."""


def measured(found: Measured, assumed: Assumptions) -> Assumptions:
    """Return assumptions with the chunks and savings that a repository really has.

    Raises `NothingMeasuredError` for one that is empty.
    """
    if not found.chunks or not found.logical_bytes:
        raise NothingMeasuredError("the repository is empty: there is nothing to measure in it")
    saved = max(0.0, 1 - found.stored_bytes / found.logical_bytes)
    return replace(
        assumed,
        chunk_bytes=max(1, round(found.chunk_bytes / found.chunks)),
        least_saved=saved,
        most_saved=saved,
    )


def said(
    assumed: Assumptions, *, chunk: str | None, saved: str | None, pack: str | None
) -> Assumptions:
    """Return assumptions with what a person says instead of them: sizes, and `20-50` percent.

    Raises `IllegalSizeError` and `InvalidInputError`.
    """
    if chunk is not None:
        assumed = replace(assumed, chunk_bytes=sizes.size(chunk))
    if pack is not None:
        assumed = replace(assumed, pack_bytes=sizes.size(pack))
    if saved is not None:
        least, most = _saved_between(saved)
        assumed = replace(assumed, least_saved=least, most_saved=most)
    return assumed


def _saved_between(text: str) -> tuple[float, float]:
    found = _SAVED.fullmatch(text.strip())
    if found is None:
        raise InvalidInputError(f"{text[:40]!r} is no share: write percents such as 20-50 or 35")
    least = float(found[1]) / 100
    return least, float(found[2]) / 100 if found[2] else least


def plan(size: int, assumed: Assumptions, table: PriceTable) -> Capacity:
    """Return what content of so many bytes takes."""
    chunks = ceil(size / assumed.chunk_bytes)
    kept = Between(1 - assumed.most_saved, 1 - assumed.least_saved)
    rows = Between(round(kept.least * chunks), round(kept.most * chunks))
    storage = _times(kept, size)
    objects = rows
    if assumed.pack_bytes is not None:
        objects = Between(*(ceil(each / assumed.pack_bytes) for each in _both(storage)))
    copies = 1 + assumed.replicas
    return Capacity(
        size=size,
        chunk_bytes=assumed.chunk_bytes,
        chunks=chunks,
        storage_bytes=storage,
        objects=objects,
        prefixes=_prefixes(objects.most),
        put_seconds=_times(objects, 1 / (PUTS_A_SECOND * assumed.partitions)),
        get_seconds=chunks / (GETS_A_SECOND * assumed.partitions),
        index_rows=rows,
        index_bytes=_times(rows, INDEX_ROW_BYTES),
        month=(_storage(storage.least, copies, table), _storage(storage.most, copies, table)),
        writing=(_writing(objects.least, copies, table), _writing(objects.most, copies, table)),
    )


def plans(sizes: Sequence[int], assumed: Assumptions, table: PriceTable) -> Sequence[Capacity]:
    """Return what content of several sizes takes."""
    return [plan(size, assumed, table) for size in sizes]


def _both(between: Between) -> tuple[float, float]:
    return between.least, between.most


def _times(between: Between, factor: float) -> Between:
    return Between(between.least * factor, between.most * factor)


def _prefixes(objects: float) -> int:
    """Return how many of all prefixes have an object, where hashes choose them."""
    if objects >= 100 * PREFIXES:
        return PREFIXES
    return round(PREFIXES * (1 - (1 - 1 / PREFIXES) ** objects))


def _storage(count: float, copies: int, table: PriceTable) -> Decimal:
    gigabytes = table.gigabytes(round(count)) * copies
    return gigabytes * table.of(StorageClass.HOT).storage.average(gigabytes)


def _writing(objects: float, copies: int, table: PriceTable) -> Decimal:
    return Decimal(round(objects)) * copies / 1000 * table.of(StorageClass.HOT).write


@dataclass(frozen=True, slots=True)
class ShownCapacity:
    """What content of a size takes, as programs read it."""

    size: int
    chunks: int
    storage_bytes: Between
    objects: Between
    prefixes: int
    put_seconds: Between
    get_seconds: float
    index_rows: Between
    index_bytes: Between
    month: Between
    writing: Between


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """What content of several sizes takes, with what was taken for granted."""

    currency: str
    table: str
    as_of: str
    assumed: Assumptions
    items: tuple[ShownCapacity, ...]


def document(
    plans: Sequence[Capacity], assumed: Assumptions, table: PriceTable, book: PriceBook
) -> ShownPlan:
    """Return plans as programs read them."""
    return ShownPlan(
        book.currency,
        table.name,
        table.as_of.isoformat(),
        assumed,
        tuple(_shown(each) for each in plans),
    )


def _shown(found: Capacity) -> ShownCapacity:
    return ShownCapacity(
        size=found.size,
        chunks=found.chunks,
        storage_bytes=found.storage_bytes,
        objects=found.objects,
        prefixes=found.prefixes,
        put_seconds=found.put_seconds,
        get_seconds=found.get_seconds,
        index_rows=found.index_rows,
        index_bytes=found.index_bytes,
        month=Between(*map(float, found.month)),
        writing=Between(*map(float, found.writing)),
    )
