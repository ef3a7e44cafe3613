"""What-ifs against what they come to by hand."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from keyshelf.operations.classes import StorageClass
from keyshelf.operations.cost import what_if
from keyshelf.operations.cost.values import Activity, Requests
from keyshelf.operations.cost.what_if import IllegalWhatIfError, Present, Scenario
from keyshelf.operations.sizes import IllegalSizeError
from keyshelf.operations.stats.ages import History
from keyshelf.operations.stats.values import REPOSITORY
from tests.unit.operations.cost.bills import GB, HERE, TABLES, chunks

TODAY = date(2026, 6, 30)
HALF_IS_OLD = History([(TODAY - timedelta(days=30), 50 * GB), (TODAY, 100 * GB)])


def asked(*names: str, history: History = HALF_IS_OLD) -> list[Scenario]:
    """The scenarios for 100 GB of chunks of 64 KiB, of which half is older than 30 days."""
    requests = Activity(requests=[Requests(REPOSITORY, writes=1_638_400, reads=1_638_400)])
    return list(what_if.scenarios(Present([chunks(100)], TABLES, requests, history), names))


def test_the_present_comes_first_with_what_writing_it_takes() -> None:
    """100 * 0.02, 1,638.4 * 0.005 and 1,638.4 * 0.0004 a month; writing it all 1,638.4 * 0.005."""
    (now,) = asked()

    assert now.bill.total == Decimal(2) + Decimal("8.192") + Decimal("0.65536")
    assert (now.objects, now.writing.total, now.once.total) == (1_638_400, Decimal("8.192"), 0)


def test_a_tier_moves_what_is_older() -> None:
    """Half moves: 50 * 0.02, 50 * 0.01, and 50 more for small objects; once 819.2 * 0.01."""
    now, tiered = asked("tier=warm:30")

    assert tiered.bill.total - now.bill.total == Decimal("1.0") - Decimal(2) + 1
    assert tiered.once.total == Decimal("8.192")
    assert tiered.notes == ["at most 50% of the bytes are older than 30 days"]


def test_a_tier_beyond_what_is_known_says_so() -> None:
    *_, tiered = asked("tier=warm:90")

    assert tiered.notes == [
        "the snapshots reach back 30 days, less than 90: taken as though all chunks were older"
    ]


def test_another_class_is_dear_for_small_objects() -> None:
    """All in warm is 100 * 0.01 and as much again, which is what hot costs."""
    now, warm = asked("class=warm")

    assert warm.bill.total == now.bill.total
    assert warm.once.total == Decimal("16.384")


def test_reading_all_back_costs_what_the_class_says() -> None:
    """From hot 1,638.4 * 0.0004; from warm another 100 * 0.01, and reads have no price there."""
    now, warm = asked("class=warm")

    assert (now.reading.total, warm.reading.total) == (Decimal("0.65536"), Decimal("1.00"))


def test_packs_make_writing_cheap_and_leave_reading_as_it_is() -> None:
    """100 GB in packs of 16 MiB are 6,400 objects: 6.4 * 0.005 to write them, for 8.192."""
    now, packed = asked("pack=16MiB")

    assert (packed.objects, packed.once.total) == (6_400, Decimal("0.032"))
    assert now.bill.total - packed.bill.total == Decimal("8.192") - Decimal("0.032")


def test_packs_in_another_class_pay_for_no_smallness() -> None:
    """Changes of one what-if follow each other: 6,400 packs in warm are 100 * 0.01."""
    *_, both = asked("pack=16MiB,class=warm")

    assert both.bill.lines[0].amount == Decimal("1.00")
    assert both.bill.lines[1].item == "writes"


def test_larger_chunks_are_fewer_objects() -> None:
    *_, larger = asked("chunk=1MiB")

    assert larger.objects == 102_400
    assert larger.bill.total == Decimal(2) + Decimal("0.512") + Decimal("0.04096")


def test_a_replica_costs_its_storage_its_writes_and_the_way_there() -> None:
    """Another 100 * 0.02 and 1,638.4 * 0.005 a month; once the same, for the way and the writes."""
    now, copied = asked("replicas=1")

    assert copied.bill.total - now.bill.total == Decimal(2) + Decimal("8.192")
    assert copied.once.total == Decimal(2) + Decimal("8.192")
    assert copied.objects == 2 * now.objects


def test_without_tags_their_price_goes() -> None:
    """1,638,400 chunks with 4 tags, at 0.01 for 1,000."""
    tables = dict.fromkeys(TABLES, replace(HERE, tags=Decimal("0.01")))
    present = Present([chunks(100)], tables, Activity(tags=4), HALF_IS_OLD)

    now, without = what_if.scenarios(present, ["tags=0"])

    assert now.bill.total - without.bill.total == Decimal("65.536")


def test_all_asks_for_the_usual_ones() -> None:
    assert [each.name for each in asked("all")] == ["as it is", *what_if.EVERY]


@pytest.mark.parametrize(
    "text",
    ["", "tier", "tier=warm", "tier=warm:0", "tier=tepid:3", "class=", "replicas=11", "tags=x"],
)
def test_what_is_no_change_is_refused(text: str) -> None:
    with pytest.raises(IllegalWhatIfError):
        what_if.parse(text)


def test_a_size_that_is_none_is_refused() -> None:
    with pytest.raises(IllegalSizeError):
        what_if.parse("pack=lots")


def test_what_is_cold_already_stays() -> None:
    cold = Present([chunks(1, StorageClass.COLD)], TABLES, Activity(), History([]))

    now, tiered = what_if.scenarios(cold, ["tier=warm:1"])

    assert tiered.bill == now.bill
