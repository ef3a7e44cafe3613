"""What was asked of the stores is known after a restart, of all processes together."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from anyio.lowlevel import checkpoint
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.database.transactions import Transaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.counters import queries
from keyshelf.operations.counters.service import Counters, keeping
from keyshelf.operations.counters.values import Asked, Way
from keyshelf.operations.monitoring.exposition import families
from keyshelf.operations.monitoring.values import Kept
from keyshelf.operations.stats.values import Amount, Kind, Stored
from keyshelf.store.errors import ObjectNotFoundError
from keyshelf.store.memory import MemoryStore
from keyshelf.store.observed import ObservedStore, StoreMetrics
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio

KEY, GONE = ObjectKey("v1/chunks/aa"), ObjectKey("v1/chunks/bb")
REGIONS = {"repository": "eu-west-1"}
PUT = Asked("repository", "eu-west-1", "put")
HEAD = Asked("repository", "eu-west-1", "head")


class Process:
    """One process of a service: its stores count in a registry of their own."""

    def __init__(self, database: Database) -> None:
        metrics = StoreMetrics(CollectorRegistry())
        self.store = ObservedStore(MemoryStore(), role="repository", metrics=metrics)
        self.counters = Counters(database, metrics, REGIONS)

    async def work(self) -> None:
        await self.store.put(KEY, b"12345")
        with pytest.raises(ObjectNotFoundError):
            await self.store.head(GONE)


async def test_two_processes_and_their_successors_count_together(database: Database) -> None:
    for _ in range(2):
        processes = [Process(database), Process(database)]
        for process in processes:
            await process.work()
        async with anyio.create_task_group() as group:
            for process in processes:
                group.start_soon(process.counters.write)
        await processes[0].counters.write()

    counts = await Process(database).counters.read()

    assert counts.requests[PUT].count == 4
    assert sum(counts.requests[PUT].buckets) == 4
    assert (counts.requests[HEAD].count, counts.requests[HEAD].refused) == (4, 4)
    assert counts.bytes[Way("repository", "eu-west-1", "in")] == 20


async def test_what_was_counted_is_written_down_by_itself_and_at_the_end(
    database: Database,
) -> None:
    process = Process(database)
    async with keeping(process.counters, interval=timedelta(milliseconds=5)):
        await process.work()
        with anyio.fail_after(PATIENCE):
            while True:
                async with database.read() as tx:
                    if PUT in (await queries.read(tx)).requests:
                        break
        await process.work()

    async with database.read() as tx:
        assert (await queries.read(tx)).requests[PUT].count == 2


class CancelledAtTheEnd(Database):
    """A database whose transactions are cancelled between the commit and what follows it."""

    scope: anyio.CancelScope

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        async with super().transaction() as tx:
            yield tx
        self.scope.cancel()
        await checkpoint()


async def test_whoever_is_cancelled_after_the_commit_counts_nothing_twice(
    database_url: str,
) -> None:
    async with await CancelledAtTheEnd.open(DatabaseOptions(url=database_url)) as database:
        process = Process(database)
        await process.work()

        for _ in range(2):
            with anyio.CancelScope() as database.scope:
                await process.counters.write()

        async with database.read() as tx:
            assert (await queries.read(tx)).requests[PUT].count == 1


async def test_latencies_of_other_bounds_begin_anew_and_requests_go_on(database: Database) -> None:
    process = Process(database)
    await process.work()
    await process.counters.write()
    async with database.transaction() as tx:
        await tx.execute("UPDATE store_requests SET buckets = buckets || 9::bigint, seconds = 1000")
    read = await Process(database).counters.read()

    await process.work()
    counts = await process.counters.read()

    assert (read.requests[PUT].count, sum(read.requests[PUT].buckets)) == (1, 0)
    assert (counts.requests[PUT].count, sum(counts.requests[PUT].buckets)) == (2, 1)
    assert counts.requests[PUT].seconds < 1000


class _Given(Collector):
    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics


async def test_the_families_of_the_specification_have_their_names_and_labels(
    database: Database,
) -> None:
    process = Process(database)
    await process.work()
    stored = [
        Stored(store="repository", kind=Kind.CHUNK, amount=Amount(3, 300)),
        Stored(store="source", kind=Kind.FILE, amount=Amount(1, 1000)),
    ]
    kept = Kept(tasks={"jobs-sweep": datetime(2026, 1, 1, tzinfo=UTC)})
    registry = CollectorRegistry()
    counts = await process.counters.read()
    registry.register(_Given([*families("dits", counts, stored, kept)]))

    lines = generate_latest(registry).decode().splitlines()

    assert 'dits_storage_objects_total{type="chunk"} 3.0' in lines
    assert 'dits_storage_bytes_total{class="hot",type="chunk"} 300.0' in lines
    assert 'dits_storage_requests_total{operation="put",status="success"} 1.0' in lines
    assert 'dits_storage_requests_total{operation="get",status="error"} 1.0' in lines
    latency = 'dits_storage_latency_seconds_count{operation="put",region="eu-west-1"} 1.0'
    assert latency in lines
    assert 'dits_storage_bandwidth_bytes{direction="in"} 5.0' in lines
    assert 'keyshelf_stored_bytes{class="hot",kind="file",store="source"} 1000.0' in lines
    assert 'keyshelf_task_started_timestamp_seconds{task="jobs-sweep"} 1.7672256e+09' in lines
