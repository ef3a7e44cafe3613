"""Makes the bill of a month: what is stored and done, at the prices of the book."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from keyshelf.operations.classes import StorageClass
from keyshelf.operations.cost.values import (
    Activity,
    Bill,
    Item,
    Line,
    Measure,
    Moved,
    Requests,
    Tables,
)
from keyshelf.operations.prices.values import ClassPrices, PriceTable, SteppedPrice
from keyshelf.operations.stats.values import SMALL, Kind, Stored

_TAGGED = frozenset({Kind.CHUNK, Kind.MANIFEST, Kind.PROXY, Kind.METADATA})
_NOTHING = Activity()
_Totals = dict[tuple[str, StorageClass], Decimal]
"""GB by table and class: clouds count what an account has, and prices fall with that."""


def month(stored: Sequence[Stored], tables: Tables, activity: Activity = _NOTHING) -> Bill:
    """Return what a month costs in which nothing changes but what `activity` tells.

    Raises `PricesNotFoundError` for a class that a store's table does not have.
    """
    totals = _totals(stored, tables)
    lines = [line for each in stored for line in _stored_lines(each, tables, totals, activity)]
    for requests in activity.requests:
        lines += _request_lines(requests, tables)
    lines += [_transition(each, tables) for each in activity.moved]
    return Bill([line for line in lines if line.count])


def _totals(stored: Sequence[Stored], tables: Tables) -> _Totals:
    totals: _Totals = defaultdict(Decimal)
    for each in stored:
        table = tables[each.store]
        totals[table.name, each.storage_class] += table.gigabytes(each.amount.bytes)
    return totals


def _stored_lines(
    each: Stored, tables: Tables, totals: _Totals, activity: Activity
) -> Iterator[Line]:
    table = tables[each.store]
    prices = table.of(each.storage_class)
    total = totals[table.name, each.storage_class]
    price = prices.storage.average(total)
    own = table.gigabytes(each.amount.bytes)
    yield _line(each, Item.STORAGE, own, price, note=_stepped_note(prices.storage, total))
    padding = table.gigabytes(_padding(each, prices))
    yield _line(
        each,
        Item.MINIMUM_SIZE,
        padding,
        price,
        note=f"{each.amount.small_objects:,} objects billed as {prices.minimum_bytes // 1024} KB",
    )
    yield from _overhead(each, table, prices, price)
    if each.kind in _TAGGED:
        yield Line(
            item=Item.TAGS,
            store=each.store,
            kind=each.kind,
            storage_class=each.storage_class,
            tenant=each.tenant,
            count=Decimal(each.amount.objects * activity.tags) if table.tags else Decimal(0),
            measure=Measure.TAG,
            price=table.tags,
            note=f"{activity.tags} for each of {each.amount.objects:,} objects",
            is_estimate=each.is_estimate,
        )
    days = activity.lifetimes.get(each.kind)
    if days and days < prices.minimum_days:
        # Every day one in `days` of it goes, and is paid for until the minimum is over.
        again = Decimal(prices.minimum_days - days) / days
        note = f"deleted after {days} days, paid for {prices.minimum_days}"
        yield _line(each, Item.EARLY_DELETION, (own + padding) * again, price, note=note)


def _padding(each: Stored, prices: ClassPrices) -> int:
    """Return by how many bytes small objects are billed above what they have.

    Exact for a minimum of 128 KiB, which is all that clouds have; else small objects count
    as though they were alike.
    """
    amount = each.amount
    if prices.minimum_bytes > SMALL:
        return max(0, amount.objects * prices.minimum_bytes - amount.bytes)
    return max(0, amount.small_objects * prices.minimum_bytes - amount.small_bytes)


def _overhead(
    each: Stored, table: PriceTable, prices: ClassPrices, price: Decimal
) -> Iterator[Line]:
    objects = each.amount.objects
    yield _line(
        each,
        Item.OVERHEAD,
        table.gigabytes(objects * prices.overhead_bytes),
        price,
        note=f"{objects:,} objects, {prices.overhead_bytes // 1024} KB each",
    )
    yield _line(
        each,
        Item.OVERHEAD,
        table.gigabytes(objects * prices.overhead_hot_bytes),
        table.of(StorageClass.HOT).storage.average(Decimal(0)),
        note=f"{objects:,} objects, {prices.overhead_hot_bytes // 1024} KB each, at the hot price",
    )


def _line(each: Stored, item: Item, gigabytes: Decimal, price: Decimal, *, note: str = "") -> Line:
    return Line(
        item=item,
        store=each.store,
        kind=each.kind,
        storage_class=each.storage_class,
        tenant=each.tenant,
        count=gigabytes,
        measure=Measure.GB_MONTH,
        price=price,
        note=note,
        is_estimate=each.is_estimate,
    )


def _stepped_note(price: SteppedPrice, total: Decimal) -> str:
    shares = price.shares(total)
    if len(shares) < 2:
        return ""
    steps = ", ".join(f"{amount:,.0f} at {each}" for amount, each in shares)
    return f"the average of {total:,.0f} GB: {steps}"


def _request_lines(requests: Requests, tables: Tables) -> Iterator[Line]:
    table = tables[requests.store]
    hot = table.of(StorageClass.HOT)
    for item, count, price in (
        (Item.WRITES, requests.writes, hot.write),
        (Item.READS, requests.reads, hot.read),
        (Item.LISTS, requests.lists, hot.list),
    ):
        yield Line(
            item=item,
            store=requests.store,
            count=Decimal(count),
            measure=Measure.REQUEST,
            price=price,
            note=requests.note,
            is_estimate=bool(requests.note),
        )
    left = table.gigabytes(requests.egress_bytes)
    yield Line(
        item=Item.EGRESS,
        store=requests.store,
        count=left,
        measure=Measure.GB,
        price=table.egress.average(left),
        note=_stepped_note(table.egress, left),
    )


def _transition(moved: Moved, tables: Tables) -> Line:
    prices = tables[moved.store].of(moved.storage_class)
    return Line(
        item=Item.TRANSITIONS,
        store=moved.store,
        kind=moved.kind,
        storage_class=moved.storage_class,
        count=Decimal(moved.objects),
        measure=Measure.OBJECT,
        price=prices.transition,
        is_estimate=True,
    )
