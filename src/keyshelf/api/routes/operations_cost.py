"""What storage costs, what content will take, and how both have grown. For administrators."""

from typing import Annotated

from fastapi import APIRouter, Query

from keyshelf.api.caller import Administrator, Service
from keyshelf.api.operations_cost_schemas import (
    CapacityOut,
    CostOut,
    DailyCostOut,
    GrowthOut,
    PointOut,
)
from keyshelf.app import costs
from keyshelf.app.service import Keyshelf
from keyshelf.operations import capacity, sizes
from keyshelf.operations.capacity import Assumptions
from keyshelf.operations.cost.report import By, Wish
from keyshelf.operations.cost.shown import shown
from keyshelf.operations.stats import service as stats
from keyshelf.operations.stats.growth import Series, growth
from keyshelf.operations.stats.service import StatsParts

router = APIRouter(prefix="/api/operations", tags=["operations"])

_Text = Annotated[str | None, Query(max_length=40)]
_Texts = list[Annotated[str, Query(max_length=200)]]


def _parts(service: Keyshelf) -> StatsParts:
    return costs.stats_parts(service.settings, service.database, service.stores["repository"])


@router.get("/cost")
async def show_cost(
    service: Service,
    caller: Administrator,
    by: By = By.KIND,
    what_if: Annotated[_Texts | None, Query(max_length=20)] = None,
    forecast: bool = False,
) -> CostOut:
    """Return what a month of storage costs, by the last daily snapshot and the price book.

    `what_if` is `all`, or changes such as `tier=warm:30`, `class=warm`, `replicas=1`,
    `tags=0`, `chunk=1MiB` and `pack=16MiB`, several of one case with commas.
    """
    del caller
    wish = Wish(by, tuple(what_if or ()), forecast)
    report = await costs.cost_report(service.settings, _parts(service), wish)
    return CostOut.model_validate(shown(report))


@router.get("/capacity")
async def show_capacity(
    service: Service,
    caller: Administrator,
    size: Annotated[_Texts | None, Query(max_length=20)] = None,
    repo: Annotated[str | None, Query(max_length=200)] = None,
    chunk: _Text = None,
    saved: _Text = None,
    pack: _Text = None,
    replicas: Annotated[int, Query(ge=0, le=100)] = 0,
    partitions: Annotated[int, Query(ge=1, le=capacity.PREFIXES)] = 1,
    prices: Annotated[str | None, Query(max_length=100)] = None,
) -> CapacityOut:
    """Return what content of some sizes takes; without parameters the specification's table.

    `size`, `chunk` and `pack` are sizes such as `10TB`, `saved` is what deduplication saves in
    percent, such as `20-50`. With `repo`, as the daily snapshot calls it, chunks and savings
    are those of a real repository, and the size is its own unless said.
    """
    del caller
    assumed = Assumptions(replicas=replicas, partitions=partitions)
    wanted = [sizes.size(each) for each in size or []]
    if repo is not None:
        found = (await stats.latest(_parts(service))).repository(repo)
        assumed = capacity.measured(found, assumed)
        wanted = wanted or [found.logical_bytes]
    assumed = capacity.said(assumed, chunk=chunk, saved=saved, pack=pack)
    book = costs.price_book(service.settings)
    table = book.table(prices) if prices else costs.tables(service.settings, book)["repository"]
    plans = capacity.plans(wanted or capacity.TABLE_SIZES, assumed, table)
    return CapacityOut.model_validate(capacity.document(plans, assumed, table, book))


@router.get("/growth")
async def show_growth(
    service: Service,
    caller: Administrator,
    by: Series = Series.KIND,
    days: Annotated[int, Query(ge=1, le=3660)] = 90,
) -> GrowthOut:
    """Return what was stored on each of the last days, a series for each kind, or what `by` says.

    `daily_cost` is what repositories cost on each day.
    """
    del caller
    parts = _parts(service)
    book = costs.price_book(service.settings)
    table = costs.tables(service.settings, book)["repository"]
    history = await stats.history(parts, days=days)
    daily = await stats.daily_cost(parts, table, days=days)
    return GrowthOut(
        items=[PointOut.model_validate(each) for each in growth(history, by)],
        currency=book.currency,
        daily_cost=[DailyCostOut.model_validate(each) for each in daily],
    )
