"""Writes down every day what is stored, and reads the days back."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from keyshelf.clock import Clock, system_clock
from keyshelf.database.pool import Database
from keyshelf.database.transactions import ReadTransaction
from keyshelf.jobs.periodic import PeriodicTask
from keyshelf.operations.classes import StorageClass
from keyshelf.operations.counters import queries as counters
from keyshelf.operations.prices.values import PriceTable
from keyshelf.operations.stats import ages as by_age
from keyshelf.operations.stats import queries
from keyshelf.operations.stats.ages import History
from keyshelf.operations.stats.asking import asked_of
from keyshelf.operations.stats.counting import (
    count_proxies,
    repository_stored,
    sample_bound,
)
from keyshelf.operations.stats.values import (
    Ages,
    AskedOf,
    DailyCost,
    RepositoryStats,
    Snapshot,
    Stored,
)
from keyshelf.store.base import ObjectStore

_LOOK = timedelta(hours=1)


async def _no_ages() -> Ages:
    return {}


@dataclass(frozen=True, slots=True)
class StatsParts:
    """What counting needs."""

    database: Database
    repository: ObjectStore
    """Where proxies are, which have no rows."""
    ages: Callable[[], Awaitable[Ages]] = _no_ages
    """Asks what lifecycle rules do to chunks; nothing where nothing moves them."""
    clock: Clock = system_clock


def upkeep(parts: StatsParts) -> Sequence[PeriodicTask]:
    """Return the task that writes each day down, once: at the first look of the day (UTC)."""

    async def look() -> None:
        await take_once(parts)

    return [PeriodicTask("operations-stats", _LOOK, look)]


async def take_once(parts: StatsParts) -> None:
    """Write today down unless it is."""
    async with parts.database.read() as tx:
        is_taken = await queries.is_taken(tx, parts.clock().date())
    if not is_taken:
        await take(parts)


async def take(parts: StatsParts) -> Snapshot:
    """Write down what is stored now as today's; repeated, it replaces what was written today.

    Raises what `count` raises.
    """
    now = await count(parts)
    async with parts.database.transaction() as tx:
        await queries.forget(tx, now.day)
        await queries.add_stored(tx, now.at, now.stored)
        await queries.add_repositories(tx, now.at, now.repositories)
        await queries.add_asked(tx, now.at, now.asked)
    return now


async def count(parts: StatsParts) -> Snapshot:
    """Return what is stored now, and write nothing down.

    Costs a pass over the rows of files and renditions, and of about a quarter of a million chunks.
    Raises the errors of the repository store.
    """
    proxies = await count_proxies(parts.repository)
    ages = await parts.ages()
    now = parts.clock()
    async with parts.database.read() as tx:
        rows = await queries.repositories(tx)
        samples = await queries.sampled_chunks(tx, sample_bound(sum(row.chunks for row in rows)))
        others = [
            *await queries.files(tx),
            *await queries.renditions(tx),
            *await queries.cached_pictures(tx),
        ]
        days = await queries.chunk_bytes_by_day(tx)
        asked = asked_of(await counters.read(tx))
    stored, stats = repository_stored(rows, samples, proxies)
    today = (now.date(), sum(each.amount.bytes for each in stored if each.kind == "chunk"))
    history = History([*(each for each in days if each[0] < today[0]), today])
    counted = [*others, *by_age.classed(stored, history, ages)]
    return Snapshot(now, counted, stats, asked)


async def latest(parts: StatsParts) -> Snapshot:
    """Return the last day that was written down; where there is none, today is, now."""
    async with parts.database.read() as tx:
        day = await queries.last_day(tx)
        found = await _snapshots(tx, day) if day else []
    return found[-1] if found else await take(parts)


async def history(parts: StatsParts, *, days: int) -> Sequence[Snapshot]:
    """Return what was stored on each of the last days that were written down, by day."""
    async with parts.database.read() as tx:
        return await _snapshots(tx, parts.clock().date() - timedelta(days=days))


async def counted_since(parts: StatsParts) -> datetime:
    """Return since when requests to stores have been counted."""
    async with parts.database.read() as tx:
        return await counters.begun(tx)


async def chunk_history(parts: StatsParts) -> History:
    """Return how many bytes of chunks there were on each day that was written down."""
    async with parts.database.read() as tx:
        return History(await queries.chunk_bytes_by_day(tx))


async def daily_cost(parts: StatsParts, table: PriceTable, *, days: int) -> Sequence[DailyCost]:
    """Return the specification's daily storage cost estimate, at the price of the hot class."""
    first = parts.clock().date() - timedelta(days=days)
    price = table.of(StorageClass.HOT).storage.steps[0].price
    async with parts.database.read() as tx:
        return await queries.daily_cost(tx, price=price, gb_bytes=table.gb_bytes, first=first)


async def _snapshots(tx: ReadTransaction, first: date) -> list[Snapshot]:
    stored: dict[date, list[Stored]] = defaultdict(list)
    for day, each in await queries.stored_since(tx, first):
        stored[day].append(each)
    repositories: dict[date, list[RepositoryStats]] = defaultdict(list)
    for day, stats in await queries.repositories_since(tx, first):
        repositories[day].append(stats)
    asked: dict[date, list[AskedOf]] = defaultdict(list)
    for day, each in await queries.asked_since(tx, first):
        asked[day].append(each)
    times = await queries.times_since(tx, first)
    return [
        Snapshot(times[day], stored[day], repositories[day], asked[day]) for day in sorted(times)
    ]
