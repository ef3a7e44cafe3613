"""Puts a bill together for reading: its groups, its forecast, and what would be otherwise."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from keyshelf.operations.classes import StorageClass
from keyshelf.operations.cost import bill, what_if
from keyshelf.operations.cost.forecast import Expected, Figure, trend
from keyshelf.operations.cost.values import Bill, Moved, Requests, Tables
from keyshelf.operations.cost.what_if import Present, Scenario
from keyshelf.operations.prices.values import ZERO, PriceBook
from keyshelf.operations.stats.values import REPOSITORY, AskedOf, Kind, Snapshot

_COLDNESS = tuple(StorageClass)
MONTH = 30
"""Days."""


class By(StrEnum):
    """What a bill is broken down by."""

    REPO = "repo"
    KIND = "kind"
    CLASS = "class"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a bill."""

    name: str
    objects: int
    bytes: int
    amount: Decimal
    is_estimate: bool = False

    def __add__(self, other: "Group") -> "Group":
        return Group(
            self.name,
            self.objects + other.objects,
            self.bytes + other.bytes,
            self.amount + other.amount,
            self.is_estimate or other.is_estimate,
        )


@dataclass(frozen=True, slots=True)
class Forecast:
    """How much there will be and what storing it will cost, if things go on as they did."""

    days: int
    """Of how many days it was made."""
    bytes_a_day: float
    bytes: Sequence[Expected]
    cost: Sequence[Expected]


@dataclass(frozen=True, slots=True)
class CostReport:
    """A bill, and what was asked about it."""

    at: datetime
    """When what it is of was counted."""
    requests_of: timedelta | None
    """For how long requests were counted; None where nobody has counted any."""
    book: PriceBook
    tables: Tables
    bill: Bill
    groups: Sequence[Group]
    scenarios: Sequence[Scenario]
    forecast: Forecast | None
    forecast_days: int
    """How many daily snapshots there are to make a forecast of."""
    wants_forecast: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to know."""

    by: By = By.KIND
    what_if: Sequence[str] = ()
    forecast: bool = False
    now: bool = False
    """Count anew, which replaces today's snapshot; else the last one is told."""


def report(
    snapshot: Snapshot,
    history: Sequence[Snapshot],
    present: Present,
    book: PriceBook,
    wish: Wish,
) -> CostReport:
    """Return what somebody wants to know. Raises what `bill.month` and `what_if` raise."""
    found = bill.month(snapshot.stored, present.tables, present.activity)
    return CostReport(
        at=snapshot.at,
        requests_of=present.activity.requests_of,
        book=book,
        tables=present.tables,
        bill=found,
        groups=grouped(snapshot, found, wish.by),
        scenarios=what_if.scenarios(present, wish.what_if) if wish.what_if else (),
        forecast=forecast(history, present.tables) if wish.forecast else None,
        forecast_days=len(history),
        wants_forecast=wish.forecast,
    )


def grouped(snapshot: Snapshot, found: Bill, by: By) -> Sequence[Group]:
    """Return the parts of a bill, the dearest first. Their amounts add up to the whole."""
    parts: list[Group] = []
    if by is By.REPO:
        parts += _by_repository(snapshot, found)
    else:
        for each in snapshot.stored:
            amount, name = (
                each.amount,
                _name(by, each.store, each.kind, each.storage_class, each.tenant),
            )
            parts.append(Group(name, amount.objects, amount.bytes, ZERO, each.is_estimate))
        for line in found.lines:
            name = _name(by, line.store, line.kind, line.storage_class, line.tenant)
            parts.append(Group(name, 0, 0, line.amount, line.is_estimate))
    groups: dict[str, Group] = {}
    for part in parts:
        groups[part.name] = groups[part.name] + part if part.name in groups else part
    return sorted(groups.values(), key=lambda each: (-each.amount, -each.bytes, each.name))


def _name(by: By, store: str, kind: str, storage_class: StorageClass, tenant: str) -> str:
    if by is By.KIND:
        return f"{store} {kind or 'requests'}"
    return storage_class.value if by is By.CLASS else tenant or "nobody's"


def _by_repository(snapshot: Snapshot, found: Bill) -> Iterator[Group]:
    """Give each repository its share of its tenant's lines, by what it has of their bytes."""
    totals: dict[str, int] = defaultdict(int)
    for each in snapshot.repositories:
        totals[each.tenant] += each.storage_bytes
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in found.lines:
        if line.store == REPOSITORY and totals.get(line.tenant):
            amounts[line.tenant] += line.amount
        else:
            name = "all repositories" if line.store == REPOSITORY else f"{line.store} store"
            yield Group(name, 0, 0, line.amount, line.is_estimate)
    for each in snapshot.repositories:
        share = Decimal(each.storage_bytes) / (totals[each.tenant] or 1)
        name = f"{each.tenant}/{each.name}"
        yield Group(name, each.chunks, each.storage_bytes, amounts[each.tenant] * share)
    for stored in snapshot.stored:
        if stored.store != REPOSITORY:
            name, amount = f"{stored.store} store", stored.amount
            yield Group(name, amount.objects, amount.bytes, ZERO, stored.is_estimate)


def moved(history: Sequence[Snapshot]) -> Sequence[Moved]:
    """Return how many chunks went into each class in the last 30 days, as snapshots tell it.

    None where they do not reach back so far.
    """
    now, before = _a_month(history)
    if now is None or before is None:
        return ()
    gone = [
        Moved(REPOSITORY, Kind.CHUNK, each, _as_cold(now, each) - _as_cold(before, each))
        for each in _COLDNESS[1:]
    ]
    return [each for each in gone if each.objects > 0]


def asked(history: Sequence[Snapshot], begun: datetime) -> Sequence[Requests]:
    """Return what stores were asked in 30 days, as far as it is known.

    That is what Keyshelf itself asked, as it has counted since `begun`; and where more objects
    were added, as many writes: browsers and clients write to the stores themselves.
    """
    counted = _counted(_counters(history, begun))
    added = _added(history)
    found = [
        replace(each, writes=0) if each.writes < added.get(store, 0) else each
        for store, each in counted.items()
    ]
    found += [
        Requests(store, writes=count, note="as many as objects were added")
        for store, count in added.items()
        if store not in counted or count > counted[store].writes
    ]
    return found


def asked_for(history: Sequence[Snapshot], begun: datetime) -> timedelta | None:
    """Return for how long requests were counted that `asked` tells of; None where none were."""
    counters = _counters(history, begun)
    return counters[-1].at - counters[0].at if counters else None


def _counters(history: Sequence[Snapshot], begun: datetime) -> Sequence[Snapshot]:
    """Return the last snapshot with counters and those of 30 days before, at least two or none.

    The first may be the beginning, when nothing had been counted.
    """
    found = [Snapshot(begun, ()), *(each for each in history if each.asked and each.at > begun)]
    recent = [each for each in found if each.at >= found[-1].at - timedelta(days=MONTH)]
    return recent if len(recent) > 1 else ()


def _counted(counters: Sequence[Snapshot]) -> Mapping[str, Requests]:
    """Return what was counted as a month has it; of less than a day, what was counted so far."""
    sums: dict[str, AskedOf] = {}
    for then, now in pairwise(counters):
        before = {each.store: each for each in then.asked}
        for each in now.asked:
            since = _since(each, before.get(each.store, AskedOf(each.store)))
            sums[each.store] = _sum(sums.get(each.store, AskedOf(each.store)), since)
    if not sums:
        return {}
    passed = counters[-1].at - counters[0].at
    # The first hours are full of what is done once: a month of them would frighten for nothing.
    times = timedelta(days=MONTH) / passed if passed >= timedelta(days=1) else 1.0
    note = f"as {span(passed)} were counted" if times > 1 else f"so far, in {span(passed)}"
    return {
        store: Requests(
            store,
            writes=round(each.writes * times),
            reads=round(each.reads * times),
            lists=round(each.lists * times),
            note=note,
        )
        for store, each in sums.items()
    }


def span(passed: timedelta) -> str:
    """Return a time that passed in whole days, or in hours where it is less than two."""
    if passed >= timedelta(days=2):
        return f"{passed.days} days"
    hours = passed // timedelta(hours=1)
    return f"{hours} hours" if hours > 1 else "an hour" if hours else "less than an hour"


def _since(now: AskedOf, before: AskedOf) -> AskedOf:
    """Return what was asked in between; counters that were lost have begun anew."""
    is_anew = now.writes < before.writes or now.reads < before.reads or now.lists < before.lists
    if is_anew:
        return now
    return AskedOf(
        now.store,
        now.writes - before.writes,
        now.reads - before.reads,
        now.lists - before.lists,
    )


def _sum(one: AskedOf, other: AskedOf) -> AskedOf:
    return AskedOf(
        one.store, one.writes + other.writes, one.reads + other.reads, one.lists + other.lists
    )


def _added(history: Sequence[Snapshot]) -> Mapping[str, int]:
    """Return how many objects each store has more than 30 days ago."""
    now, before = _a_month(history)
    if now is None or before is None:
        return {}
    then = _objects(before)
    return {
        store: count - then.get(store, 0)
        for store, count in _objects(now).items()
        if count > then.get(store, 0)
    }


def copied(snapshot: Snapshot, replicas: Mapping[str, StorageClass | None]) -> Snapshot:
    """Return a snapshot with what replicas of the repository store hold: all of it.

    A replica keeps its objects in a class of its own, or in the class that they have.
    """
    copies = [
        replace(
            each,
            store=name,
            storage_class=storage_class or each.storage_class,
            is_estimate=True,
        )
        for name, storage_class in replicas.items()
        for each in snapshot.stored
        if each.store == REPOSITORY
    ]
    return replace(snapshot, stored=[*snapshot.stored, *copies])


def _a_month(history: Sequence[Snapshot]) -> tuple[Snapshot | None, Snapshot | None]:
    """Return the last snapshot, and the last one that is 30 days older."""
    now = history[-1] if history else None
    before = [each for each in history if now and each.day <= now.day - timedelta(days=MONTH)]
    return now, before[-1] if before else None


def _objects(snapshot: Snapshot) -> Mapping[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for each in snapshot.stored:
        counts[each.store] += each.amount.objects
    return counts


def _as_cold(snapshot: Snapshot, storage_class: StorageClass) -> int:
    colder = _COLDNESS[_COLDNESS.index(storage_class) :]
    return sum(
        each.amount.objects
        for each in snapshot.stored
        if each.kind is Kind.CHUNK and each.storage_class in colder
    )


def forecast(history: Sequence[Snapshot], tables: Tables) -> Forecast | None:
    """Return where bytes and storage costs are going; None where too few days are known."""
    sizes = [
        Figure(each.day, float(sum(stored.amount.bytes for stored in each.stored)))
        for each in history
    ]
    costs = [Figure(each.day, float(bill.month(each.stored, tables).total)) for each in history]
    growing, costing = trend(sizes), trend(costs)
    if growing is None or costing is None:
        return None
    return Forecast(len(history), growing.a_day, growing.ahead(), costing.ahead())
