"""The parts of a bill add up to the whole, whatever it is broken down by."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from keyshelf.operations.classes import StorageClass
from keyshelf.operations.cost import bill, report
from keyshelf.operations.cost.report import By
from keyshelf.operations.cost.values import Activity, Moved, Requests
from keyshelf.operations.stats.values import (
    REPOSITORY,
    SOURCE,
    Amount,
    AskedOf,
    Kind,
    RepositoryStats,
    Snapshot,
    Stored,
)
from tests.unit.operations.cost.bills import GB, TABLES, chunks

TODAY = datetime(2026, 6, 30, 6, 12, tzinfo=UTC)
LONG_AGO = TODAY - timedelta(days=300)


def repository(name: str, storage_bytes: int) -> RepositoryStats:
    return RepositoryStats(
        repository=UUID(int=storage_bytes),
        name=name,
        tenant="anna",
        commits=1,
        chunks=2,
        logical_bytes=storage_bytes,
        chunk_bytes=storage_bytes,
        stored_bytes=storage_bytes,
        storage_bytes=storage_bytes,
    )


SNAPSHOT = Snapshot(
    TODAY,
    [
        chunks(75),
        chunks(25, StorageClass.WARM),
        Stored(store=SOURCE, kind=Kind.FILE, tenant="ben", amount=Amount(3, 10 * GB)),
    ],
    [repository("film", 75), repository("stills", 25)],
)
BILL = bill.month(
    SNAPSHOT.stored,
    TABLES,
    Activity(
        requests=[Requests(REPOSITORY, writes=1_000_000)],
        moved=[Moved(REPOSITORY, Kind.CHUNK, StorageClass.WARM, 1_000)],
    ),
)


@pytest.mark.parametrize("by", list(By))
def test_parts_add_up(by: By) -> None:
    groups = report.grouped(SNAPSHOT, BILL, by)

    assert round(sum(each.amount for each in groups), 12) == round(BILL.total, 12)
    assert [each.amount for each in groups] == sorted((g.amount for g in groups), reverse=True)


def test_repositories_of_a_tenant_share_by_their_bytes() -> None:
    """75 GB hot is 1.50, 25 GB warm 0.25 and as much for small objects: 2.00, in 3 to 1."""
    groups = {each.name: each for each in report.grouped(SNAPSHOT, BILL, By.REPO)}

    assert groups["anna/film"].amount == Decimal("1.50")
    assert groups["anna/stills"].amount == Decimal("0.50")
    assert groups["all repositories"].amount == Decimal("5.00") + Decimal("0.01")
    assert groups["source store"].bytes == 10 * GB


def test_what_moved_is_what_thirty_days_made_colder() -> None:
    before = Snapshot(TODAY - timedelta(days=31), [chunks(10), chunks(5, StorageClass.COLD)])
    now = Snapshot(TODAY, [chunks(8), chunks(4, StorageClass.WARM), chunks(8, StorageClass.COLD)])

    assert report.moved([before, now]) == [
        Moved(REPOSITORY, Kind.CHUNK, StorageClass.WARM, 7 * 16_384),
        Moved(REPOSITORY, Kind.CHUNK, StorageClass.COLD, 3 * 16_384),
    ]
    assert report.moved([now]) == ()


def test_what_was_added_was_written() -> None:
    before = Snapshot(TODAY - timedelta(days=30), [chunks(10)])
    now = Snapshot(TODAY, [chunks(12), *SNAPSHOT.stored[2:]])

    found = report.asked([before, now], LONG_AGO)

    assert [(each.store, each.writes) for each in found] == [(REPOSITORY, 2 * 16_384), (SOURCE, 3)]
    assert report.asked([now], LONG_AGO) == []


def test_what_was_asked_is_what_was_counted_in_thirty_days() -> None:
    """1,000 writes in ten days are 3,000 in thirty; what was added is more in one store."""
    first = AskedOf(SOURCE, 500, 100, 10), AskedOf(REPOSITORY, 5)
    last = AskedOf(SOURCE, 1_500, 300, 20), AskedOf(REPOSITORY, 15, 7)
    history = [
        Snapshot(TODAY - timedelta(days=31), [chunks(1)]),
        Snapshot(TODAY - timedelta(days=10), [chunks(1)], (), first),
        Snapshot(TODAY, [chunks(2)], (), last),
    ]

    note = "as 10 days were counted"
    assert report.asked(history, LONG_AGO) == [
        Requests(SOURCE, 3_000, 600, 30, note=note),
        Requests(REPOSITORY, 0, 21, 0, note=note),
        Requests(REPOSITORY, writes=16_384, note="as many as objects were added"),
    ]


@pytest.mark.parametrize(
    ("hours", "reads", "note"),
    [
        (5, 7_000, "so far, in 5 hours"),
        (36, 7_000 * 20, "as 36 hours were counted"),
        (72, 7_000 * 10, "as 3 days were counted"),
    ],
)
def test_the_first_snapshot_has_the_requests_since_the_beginning(
    hours: int, reads: int, note: str
) -> None:
    """Of a day or more they are reckoned for a month; of less they are what they are."""
    begun = TODAY - timedelta(hours=hours)
    only = [Snapshot(TODAY, [chunks(1)], (), [AskedOf(SOURCE, 0, 7_000)])]

    assert report.asked(only, begun) == [Requests(SOURCE, 0, reads, note=note)]
    assert report.asked_for(only, begun) == timedelta(hours=hours)


def test_without_counters_there_is_nothing_that_was_counted() -> None:
    assert report.asked_for([Snapshot(TODAY, [chunks(1)])], LONG_AGO) is None


def test_counters_that_were_lost_have_begun_anew() -> None:
    counts = [(20, 1_000), (15, 1_300), (10, 100), (0, 400)]
    history = [
        Snapshot(TODAY - timedelta(days=days), [chunks(1)], (), [AskedOf(SOURCE, 7, reads)])
        for days, reads in counts
    ]

    [found] = report.asked(history, LONG_AGO)

    assert (found.writes, found.reads) == (round(7 * 30 / 20), round((300 + 100 + 300) * 30 / 20))


def test_a_replica_holds_all_that_repositories_do_in_its_own_class() -> None:
    found = report.copied(SNAPSHOT, {"eu": None, "us": StorageClass.WARM})

    classes = [(each.store, each.storage_class.value) for each in found.stored[3:]]
    assert classes == [("eu", "hot"), ("eu", "warm"), ("us", "warm"), ("us", "warm")]
    assert all(each.is_estimate for each in found.stored[3:])
