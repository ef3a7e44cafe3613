"""How long restoring takes and what it costs."""

from datetime import timedelta
from decimal import Decimal

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.classes import CLASSES, Cloud, StorageClass, facts
from keyshelf.operations.prices import reading
from keyshelf.operations.prices.values import PriceTable
from keyshelf.operations.restoring.reckoning import WAITS, plan, require_tier
from keyshelf.operations.restoring.values import ColdObject, NoSuchTierError
from keyshelf.store.restoring import RestoreTier

GB = 2**30
PRICES = reading.shipped().table("s3.us-east-1")
COLD, ARCHIVE = StorageClass.COLD, StorageClass.ARCHIVE


def objects(
    count: int, *, of: StorageClass = COLD, cloud: Cloud = Cloud.S3, asked: bool = False
) -> list[ColdObject]:
    keys = [ObjectKey(f"{of}-{number}") for number in range(count)]
    return [ColdObject(key, GB, facts(cloud, of), is_asked=asked) for key in keys]


def costs(found: list[ColdObject], prices: PriceTable | None, days: int = 30) -> dict[str, object]:
    return {each.tier: each.cost for each in plan(found, prices, days=days).choices}


def test_every_class_that_must_be_restored_says_how_long_it_takes() -> None:
    wanted = {
        (each.cloud, each.storage_class)
        for found in CLASSES.values()
        for each in found.values()
        if each.needs_restore
    }

    assert wanted == WAITS.keys()


def test_a_cost_is_retrieval_requests_and_copies_at_the_hot_price() -> None:
    copies = Decimal("0.023") * 1000

    assert costs(objects(1000), PRICES) == {
        "expedited": Decimal("0.03") * 1000 + 10 + copies,
        "standard": Decimal("0.01") * 1000 + Decimal("0.05") + copies,
        "bulk": copies,
    }


def test_what_is_asked_for_already_costs_nothing_more() -> None:
    assert set(costs(objects(5, asked=True), PRICES).values()) == {0}


def test_only_ways_that_all_classes_have_are_offered_at_the_pace_of_the_slowest() -> None:
    found = plan([*objects(1), *objects(1, of=ARCHIVE)], PRICES, days=1)

    assert [each.tier for each in found.choices] == ["standard", "bulk"]
    assert [each.wait.most for each in found.choices] == [timedelta(hours=12), timedelta(hours=48)]
    with pytest.raises(NoSuchTierError, match="expedited from DEEP_ARCHIVE"):
        require_tier(found, RestoreTier.EXPEDITED)


def test_what_the_book_does_not_price_has_no_cost() -> None:
    own = reading.shipped().table("own.hardware")
    azure = reading.shipped().table("azure.eastus2")
    rehydrated = costs(objects(1, of=ARCHIVE, cloud=Cloud.AZURE), azure)

    assert set(costs(objects(1), None).values()) == {None}
    assert set(costs(objects(1), own).values()) == {None}
    assert rehydrated["expedited"] is None
    rates = azure.of(ARCHIVE)
    expected = azure.gigabytes(GB) * rates.retrieval + rates.retrieval_requests / 1000
    assert rehydrated["standard"] == expected
