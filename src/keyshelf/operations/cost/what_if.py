"""What it would cost if things were otherwise: changes to what is stored, and their price."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil

from keyshelf.errors import InvalidInputError
from keyshelf.operations import sizes
from keyshelf.operations.classes import StorageClass
from keyshelf.operations.cost import bill
from keyshelf.operations.cost.values import (
    Activity,
    Bill,
    Item,
    Line,
    Measure,
    Requests,
    Tables,
)
from keyshelf.operations.stats.ages import History
from keyshelf.operations.stats.values import REPOSITORY, SMALL, Amount, Kind, Stored

EVERY = {
    "tier=warm:30": StorageClass.WARM,
    "tier=cold:90": StorageClass.COLD,
    "class=warm": StorageClass.WARM,
    "replicas=1": StorageClass.HOT,
    "tags=0": StorageClass.HOT,
    "chunk=1MiB": StorageClass.HOT,
    "pack=16MiB": StorageClass.HOT,
    "pack=64MiB": StorageClass.HOT,
}
"""What `all` asks for, where the repositories' store has the class that it needs."""
_CHANGE = re.compile(r"(tier|class|replicas|tags|chunk|pack)=([^,=]+)")
_COLDNESS = tuple(StorageClass)
_MOST_REPLICAS, _MOST_TAGS = 10, 10


class IllegalWhatIfError(InvalidInputError):
    """What-ifs are of tier=CLASS:DAYS, class=CLASS, replicas=N, tags=N, chunk=SIZE, pack=SIZE."""

    code = "illegal-what-if"


@dataclass(frozen=True, slots=True)
class Present:
    """How things are."""

    stored: Sequence[Stored]
    tables: Tables
    activity: Activity
    history: History


@dataclass(frozen=True, slots=True)
class State:
    """How things would be, and what it takes to get there."""

    stored: Sequence[Stored]
    tables: Tables
    activity: Activity
    once: Sequence[Line] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a what-if comes to."""

    name: str
    bill: Bill
    """Of a month, once things are so."""
    once: Bill
    """What it takes to get there."""
    writing: Bill
    """What the requests cost that write all chunks once, as many objects as they then are."""
    reading: Bill
    """What it costs to read them all once: requests, retrieval, and restores where they need it."""
    objects: int
    """Of the repositories' chunks, replicas included."""
    notes: Sequence[str] = ()


_Change = Callable[[State, History], State]


def scenarios(present: Present, asked: Sequence[str]) -> Sequence[Scenario]:
    """Return the present and each what-if that is asked for; `all` asks for the usual ones.

    Each is returned once, however often it is asked for. Changes of one what-if, with commas
    between them, are made one after another. Raises `IllegalWhatIfError`, and
    `PricesNotFoundError` for a class that a store does not have.
    """
    classes = present.tables[REPOSITORY].classes
    usual = [name for name, needed in EVERY.items() if needed in classes]
    names = dict.fromkeys(name for each in asked for name in (usual if each == "all" else [each]))
    now = State(present.stored, present.tables, present.activity)
    found = [_scenario("as it is", now)]
    for name in names:
        state = now
        for change in parse(name):
            state = change(state, present.history)
        found.append(_scenario(name, state))
    return found


def parse(text: str) -> Sequence[_Change]:
    """Return the changes of a what-if. Raises `IllegalWhatIfError`."""
    return [_parse_one(each.strip()) for each in text.split(",")]


def _parse_one(text: str) -> _Change:
    found = _CHANGE.fullmatch(text)
    if found is None:
        raise IllegalWhatIfError(
            f"{text[:60]!r} is no change: there are tier=warm:30, class=warm, replicas=1,"
            " tags=0, chunk=1MiB and pack=16MiB"
        )
    word, value = found[1], found[2]
    if word == "tier":
        name, _, days = value.partition(":")
        return _tier(_class(name, text), _number(days, text, most=36_500))
    if word == "class":
        return _whole(_class(value, text))
    if word == "replicas":
        return _replicas(_number(value, text, most=_MOST_REPLICAS))
    if word == "tags":
        return _tags(_number(value, text, least=0, most=_MOST_TAGS))
    return _objects_of(sizes.size(value), is_pack=word == "pack")


def _class(name: str, text: str) -> StorageClass:
    try:
        return StorageClass(name)
    except ValueError:
        classes = ", ".join(each.value for each in StorageClass)
        raise IllegalWhatIfError(f"{text!r} needs one of the classes {classes}") from None


def _number(digits: str, text: str, *, least: int = 1, most: int) -> int:
    if not digits.isascii() or not digits.isdigit() or not least <= int(digits[:9]) <= most:
        raise IllegalWhatIfError(f"{text!r} needs a whole number from {least} to {most:,}")
    return int(digits)


def _scenario(name: str, state: State) -> Scenario:
    chunks = [each for each in state.stored if each.kind is Kind.CHUNK]
    writing = [_write(each, state.tables, item=Item.WRITES) for each in chunks]
    reading = [
        line
        for each in chunks
        if each.store == REPOSITORY
        for line in _retrieval(each, state.tables)
    ]
    return Scenario(
        name=name,
        bill=bill.month(state.stored, state.tables, state.activity),
        once=Bill([line for line in state.once if line.count]),
        writing=Bill(writing),
        reading=Bill([line for line in reading if line.price]),
        objects=sum(each.amount.objects for each in chunks),
        notes=state.notes,
    )


def _tier(to: StorageClass, days: int) -> _Change:
    def change(state: State, history: History) -> State:
        share, note = _share_older(history, days)
        stored: list[Stored] = []
        once: list[Line] = []
        for each in state.stored:
            if each.kind is not Kind.CHUNK or not _is_warmer(each.storage_class, to):
                stored.append(each)
                continue
            moved, stays = each.amount.split(share)
            stored.append(replace(each, amount=stays, is_estimate=True))
            stored.append(replace(each, amount=moved, storage_class=to, is_estimate=True))
            once.append(_transition(stored[-1], state.tables))
        return replace(
            state,
            stored=[each for each in stored if each.amount.objects],
            once=[*state.once, *once],
            notes=[*state.notes, note],
        )

    return change


def _share_older(history: History, days: int) -> tuple[float, str]:
    if history.reaches_back < days:
        return 1.0, (
            f"the snapshots reach back {history.reaches_back} days, less than {days}:"
            " taken as though all chunks were older"
        )
    share = history.share_older(days)
    return share, f"at most {share:.0%} of the bytes are older than {days} days"


def _whole(to: StorageClass) -> _Change:
    def change(state: State, history: History) -> State:
        del history
        stored: list[Stored] = []
        once: list[Line] = []
        for each in state.stored:
            if each.kind is not Kind.CHUNK or each.storage_class is to:
                stored.append(each)
                continue
            stored.append(replace(each, storage_class=to))
            once.append(_transition(stored[-1], state.tables))
        return replace(state, stored=stored, once=[*state.once, *once])

    return change


def _replicas(number: int) -> _Change:
    def change(state: State, history: History) -> State:
        del history
        stored, tables, once = list(state.stored), dict(state.tables), list(state.once)
        own = [each for each in state.stored if each.store == REPOSITORY]
        asked = list(state.activity.requests)
        written = [each for each in asked if each.store == REPOSITORY and each.writes]
        for replica in range(1, number + 1):
            name = f"{REPOSITORY} replica {replica}"
            tables[name] = state.tables[REPOSITORY]
            copies = [replace(each, store=name) for each in own]
            stored += copies
            asked += [replace(each, store=name, reads=0, lists=0) for each in written]
            for copy in copies:
                once += [_transfer(copy, tables), _write(copy, tables, item=Item.COPYING)]
        note = "replicas are in another region at the same prices"
        return replace(
            state,
            stored=stored,
            tables=tables,
            activity=replace(state.activity, requests=asked),
            once=once,
            notes=[*state.notes, note],
        )

    return change


def _tags(number: int) -> _Change:
    def change(state: State, history: History) -> State:
        del history
        return replace(state, activity=replace(state.activity, tags=number))

    return change


def _objects_of(size: int, *, is_pack: bool) -> _Change:
    def change(state: State, history: History) -> State:
        del history
        stored: list[Stored] = []
        once: list[Line] = []
        for each in state.stored:
            if each.kind is Kind.CHUNK:
                stored.append(replace(each, amount=_resized(each.amount, size)))
                once.append(_write(stored[-1], state.tables, item=Item.COPYING))
            else:
                stored.append(each)
        before, after = _chunk_objects(state.stored), _chunk_objects(stored)
        ratio = Decimal(after) / before if before else Decimal(1)
        note = (
            "chunks are read out of packs one by one, as now; a pack is written once it is full"
            if is_pack
            else "deduplication is taken as it is: larger chunks have less of it"
        )
        return State(
            stored,
            state.tables,
            _scaled(state.activity, ratio, reads=not is_pack),
            [*state.once, *once],
            [*state.notes, note],
        )

    return change


def _resized(amount: Amount, size: int) -> Amount:
    objects = ceil(amount.bytes / size)
    if size < SMALL:
        return Amount(objects, amount.bytes, objects, amount.bytes)
    return Amount(objects, amount.bytes)


def _chunk_objects(stored: Sequence[Stored]) -> int:
    return sum(each.amount.objects for each in stored if each.kind is Kind.CHUNK)


def _scaled(activity: Activity, ratio: Decimal, *, reads: bool) -> Activity:
    def scale(each: Requests) -> Requests:
        if each.store != REPOSITORY:
            return each
        by = ratio if reads else Decimal(1)
        return replace(each, writes=round(each.writes * ratio), reads=round(each.reads * by))

    return replace(activity, requests=[scale(each) for each in activity.requests])


def _is_warmer(one: StorageClass, other: StorageClass) -> bool:
    return _COLDNESS.index(one) < _COLDNESS.index(other)


def _transition(each: Stored, tables: Tables) -> Line:
    price = tables[each.store].of(each.storage_class).transition
    return _once(each, Item.TRANSITIONS, Decimal(each.amount.objects), Measure.OBJECT, price)


def _write(each: Stored, tables: Tables, *, item: Item) -> Line:
    price = tables[each.store].of(each.storage_class).write
    return _once(each, item, Decimal(each.amount.objects), Measure.REQUEST, price)


def _retrieval(each: Stored, tables: Tables) -> Sequence[Line]:
    table = tables[each.store]
    prices, objects = table.of(each.storage_class), Decimal(each.amount.objects)
    count = table.gigabytes(each.amount.bytes)
    return [
        _once(each, Item.READS, objects, Measure.REQUEST, prices.read),
        _once(each, Item.RETRIEVAL, count, Measure.GB, prices.retrieval),
        _once(each, Item.RETRIEVAL, objects, Measure.OBJECT, prices.retrieval_requests),
    ]


def _transfer(each: Stored, tables: Tables) -> Line:
    table = tables[each.store]
    count = table.gigabytes(each.amount.bytes)
    return _once(each, Item.COPYING, count, Measure.GB, table.between_regions)


def _once(each: Stored, item: Item, count: Decimal, measure: Measure, price: Decimal) -> Line:
    return Line(
        item=item,
        store=each.store,
        kind=each.kind,
        storage_class=each.storage_class,
        tenant=each.tenant,
        count=count,
        measure=measure,
        price=price,
        is_estimate=each.is_estimate,
    )
