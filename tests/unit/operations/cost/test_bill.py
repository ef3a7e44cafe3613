"""Bills against bills that were made by hand."""

from decimal import Decimal

import pytest

from keyshelf.operations.classes import StorageClass
from keyshelf.operations.cost import bill
from keyshelf.operations.cost.values import Activity, Item, Moved, Requests
from keyshelf.operations.prices import reading
from keyshelf.operations.prices.values import PricesNotFoundError
from keyshelf.operations.stats.values import REPOSITORY, SOURCE, Amount, Kind, Stored
from tests.unit.operations.cost.bills import BOOK, GB, TABLES, chunks

TIMES = "\u00d7"


def test_a_month_on_s3_is_what_a_bill_made_by_hand_says() -> None:
    """Real prices of us-east-1.

    storage  2,000 GB of files, hot            2,000 * 0.023              = 46.00
             1,000 GB of chunks, warm          1,000 * 0.0125             = 12.50
             16,384,000 chunks of 64 KB, each billed as 128 KB:
             another 1,000 GB                  1,000 * 0.0125             = 12.50
             100 GB of proxies, archive          100 * 0.00099            =  0.099
             409,600 of them, 32 KB each        12.5 * 0.00099            =  0.012375
             the same, 8 KB each, hot          3.125 * 0.023              =  0.071875
    requests 3,000,000 PUT                     3,000 * 0.005              = 15.00
             10,000,000 GET                   10,000 * 0.0004             =  4.00
             20,000 LIST                          20 * 0.005              =  0.10
    egress   11 TB: 10 TB * 1,024 * 0.09 + 1 TB * 1,024 * 0.085           = 1,008.64
    moved    500,000 chunks into warm            500 * 0.01               =  5.00
    """
    table = reading.shipped().table("s3.us-east-1")
    stored = [
        Stored(store=SOURCE, kind=Kind.FILE, amount=Amount(500, 2_000 * GB)),
        chunks(1_000, StorageClass.WARM),
        Stored(
            store=REPOSITORY,
            kind=Kind.PROXY,
            storage_class=StorageClass.ARCHIVE,
            amount=Amount(409_600, 100 * GB),
        ),
    ]
    activity = Activity(
        requests=[Requests(SOURCE, 3_000_000, 10_000_000, 20_000, 11 * 1024 * GB)],
        moved=[Moved(REPOSITORY, Kind.CHUNK, StorageClass.WARM, 500_000)],
    )

    found = bill.month(stored, {SOURCE: table, REPOSITORY: table}, activity)

    assert found.total == (
        Decimal("46.00") + Decimal("12.50") + Decimal("12.50")
        + Decimal("0.099") + Decimal("0.012375") + Decimal("0.071875")
        + Decimal("15.00") + Decimal("4.00") + Decimal("0.10")
        + Decimal("1008.64") + Decimal("5.00")
    )  # fmt: skip
    assert BOOK.money(found.total) == "$1,103.92"


def test_every_line_explains_itself() -> None:
    stored = [chunks(1_000, StorageClass.WARM), chunks(10, StorageClass.COLD)]
    requests = Activity(requests=[Requests(SOURCE, writes=120_000)])

    lines = bill.month(stored, TABLES, requests).lines

    assert [
        (line.item, line.explained(BOOK).replace(TIMES, "x"), BOOK.money(line.amount))
        for line in lines
    ] == [
        (Item.STORAGE, "1,000.0 GB x $0.01 per GB-month", "$10.00"),
        (
            Item.MINIMUM_SIZE,
            "1,000.0 GB x $0.01 per GB-month (16,384,000 objects billed as 128 KB)",
            "$10.00",
        ),
        (Item.STORAGE, "10.0 GB x $0.004 per GB-month", "$0.04"),
        (Item.OVERHEAD, "5.0 GB x $0.004 per GB-month (163,840 objects, 32 KB each)", "$0.02"),
        (
            Item.OVERHEAD,
            "1.2 GB x $0.02 per GB-month (163,840 objects, 8 KB each, at the hot price)",
            "$0.02",
        ),
        (Item.WRITES, "120,000 requests x $0.005 per 1,000", "$0.60"),
    ]


def test_prices_that_fall_with_the_amount_count_all_stores_together() -> None:
    """60 TB: 50 * 1,024 * 0.023 + 10 * 1,024 * 0.022 = 1,402.88, of which a third is 467.62…"""
    table = reading.shipped().table("s3.eu-west-1")
    stored = [
        Stored(store=SOURCE, kind=Kind.FILE, amount=Amount(1, 20 * 1024 * GB)),
        Stored(store=REPOSITORY, kind=Kind.CHUNK, amount=Amount(1, 40 * 1024 * GB)),
    ]

    found = bill.month(stored, {SOURCE: table, REPOSITORY: table})

    assert round(found.total, 6) == Decimal("1402.88")
    assert round(found.lines[0].amount * 3, 6) == Decimal("1402.88")
    assert "51,200 at 0.023, 10,240 at 0.022" in found.lines[0].note


def test_tags_are_billed_for_each_object_of_repositories() -> None:
    """16,384,000 chunks with 4 tags: 65,536 * 0.001 a month, for 1,000 * 0.023 of storage."""
    table = reading.shipped().table("s3.us-east-1")
    stored = [chunks(1_000), Stored(store=SOURCE, kind=Kind.FILE, amount=Amount(9, 9))]

    lines = bill.month(stored, {SOURCE: table, REPOSITORY: table}, Activity(tags=4)).lines

    (tags,) = [line for line in lines if line.item is Item.TAGS]
    assert (tags.count, tags.amount) == (65_536_000, Decimal("65.536"))


def test_what_goes_too_soon_is_paid_for_until_the_minimum_is_over() -> None:
    """100 GB that live 30 days where 90 are billed: 100 * 0.004, and 60 of 90 days more."""
    trash = Stored(
        store=SOURCE,
        kind=Kind.TRASH,
        storage_class=StorageClass.COLD,
        amount=Amount(0, 100 * GB),
    )

    lines = bill.month([trash], TABLES, Activity(lifetimes={"trash": 30})).lines

    assert [(line.item, line.amount) for line in lines] == [
        (Item.STORAGE, Decimal("0.400")),
        (Item.EARLY_DELETION, Decimal("0.800")),
    ]


def test_a_class_that_the_table_lacks_is_named_with_what_to_write() -> None:
    archived = chunks(1, StorageClass.ARCHIVE)

    with pytest.raises(
        PricesNotFoundError, match=r"write \[s3.here.archive\] .*KEYSHELF_PRICE_BOOK"
    ):
        bill.month([archived], TABLES)
