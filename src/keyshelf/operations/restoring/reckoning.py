"""How long restoring takes, and what it costs: pure.

The times are those of the clouds' own pages, as of November 2026:

- S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
- Azure: https://learn.microsoft.com/azure/storage/blobs/archive-rehydrate-overview
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

from keyshelf.operations.classes import ClassFacts, Cloud, StorageClass
from keyshelf.operations.prices.values import ZERO, ClassPrices, PriceTable
from keyshelf.operations.restoring.values import (
    Choice,
    ClassTotal,
    ColdObject,
    NoSuchTierError,
    RestorePlan,
    Wait,
)
from keyshelf.store.restoring import RestoreTier

_DAYS_OF_A_MONTH = 30


def _hours(least: float, most: float) -> Wait:
    return Wait(timedelta(hours=least), timedelta(hours=most))


WAITS: Mapping[tuple[Cloud, StorageClass], Mapping[RestoreTier, Wait]] = MappingProxyType(
    {
        (Cloud.S3, StorageClass.COLD): {
            RestoreTier.EXPEDITED: Wait(timedelta(minutes=1), timedelta(minutes=5)),
            RestoreTier.STANDARD: _hours(3, 5),
            RestoreTier.BULK: _hours(5, 12),
        },
        (Cloud.S3, StorageClass.ARCHIVE): {
            RestoreTier.STANDARD: _hours(9, 12),
            RestoreTier.BULK: _hours(12, 48),
        },
        (Cloud.AZURE, StorageClass.ARCHIVE): {
            RestoreTier.EXPEDITED: _hours(0, 1),
            RestoreTier.STANDARD: _hours(1, 15),
        },
    }
)
"""How long it takes, of each class that must be restored, by how quickly it is asked for."""


def plan(objects: Iterable[ColdObject], prices: PriceTable | None, *, days: int) -> RestorePlan:
    """Return what has to be restored, and what each way costs that all of its classes have.

    Nothing is priced without a table, or where that has no such class.
    """
    totals: dict[ClassFacts, ClassTotal] = {}
    for each in objects:
        before = totals.get(each.of, ClassTotal(each.of))
        totals[each.of] = replace(
            before,
            objects=before.objects + 1,
            bytes=before.bytes + each.size,
            asked=before.asked + each.is_asked,
        )
    if not totals:
        return RestorePlan()
    listed = sorted(totals.values(), key=lambda total: total.of.name)
    return RestorePlan(listed, choices(listed, prices, days=days))


def choices(
    totals: Sequence[ClassTotal], prices: PriceTable | None, *, days: int
) -> Sequence[Choice]:
    """Return the ways to restore it all that all of its classes have, the quickest first."""
    return [
        Choice(tier, _slowest(waits), _cost(totals, tier, prices, days=days))
        for tier in RestoreTier
        if (waits := _waits(totals, tier)) is not None
    ]


def require_tier(found: RestorePlan, tier: RestoreTier) -> None:
    """Raise `NoSuchTierError` unless all of a plan can be restored so."""
    if found.totals and tier not in {each.tier for each in found.choices}:
        names = ", ".join(
            each.of.name for each in found.totals if tier not in WAITS[_class(each.of)]
        )
        has = " or ".join(each.tier for each in found.choices)
        raise NoSuchTierError(f"nothing is restored {tier} from {names}: choose {has}")


def _waits(totals: Sequence[ClassTotal], tier: RestoreTier) -> Sequence[Wait] | None:
    found = [WAITS[_class(each.of)].get(tier) for each in totals]
    waits = [each for each in found if each is not None]
    return waits if len(waits) == len(found) else None


def _slowest(waits: Sequence[Wait]) -> Wait:
    return max(waits, key=lambda wait: wait.most)


def _class(of: ClassFacts) -> tuple[Cloud, StorageClass]:
    return of.cloud, of.storage_class


def _cost(
    totals: Sequence[ClassTotal], tier: RestoreTier, prices: PriceTable | None, *, days: int
) -> Decimal | None:
    if prices is None:
        return None
    cost = ZERO
    for each in totals:
        rates = _rates(prices.classes.get(each.of.storage_class), tier)
        if rates is None:
            return None
        per_gb, per_thousand = rates
        # What somebody has asked for is theirs to pay.
        share = Decimal(each.objects - each.asked) / each.objects
        gigabytes = prices.gigabytes(each.bytes) * share
        cost += gigabytes * per_gb + (each.objects - each.asked) * per_thousand / 1000
        if each.of.cloud is Cloud.S3:
            # Beside what stays in its class, a copy is paid for as hot while it is there.
            hot = prices.of(StorageClass.HOT).storage.average(gigabytes)
            cost += gigabytes * hot * days / _DAYS_OF_A_MONTH
    return cost


def _rates(of: ClassPrices | None, tier: RestoreTier) -> tuple[Decimal, Decimal] | None:
    """Return what a GB and a thousand objects cost; None where nobody wrote that down."""
    if of is None:
        return None
    if tier is RestoreTier.BULK:
        return of.bulk_retrieval, of.bulk_retrieval_requests
    if tier is RestoreTier.STANDARD:
        return of.retrieval, of.retrieval_requests
    rates = of.expedited_retrieval, of.expedited_retrieval_requests
    return rates if any(rates) else None
