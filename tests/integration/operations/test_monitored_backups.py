"""A monitor is told of the newest backup that there is, whoever made it, and of none."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from keyshelf.database.pool import Database
from keyshelf.layout.namespace import DEFAULT_NAMESPACE
from keyshelf.operations.backups import service as backups
from keyshelf.operations.counters.service import Counters
from keyshelf.operations.monitoring.service import ServiceMetrics
from keyshelf.operations.stats.service import StatsParts
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryStore
from keyshelf.store.observed import StoreMetrics

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def a_dump() -> AsyncGenerator[AsyncIterator[bytes]]:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"SELECT 1;\n"

    yield pieces()


async def test_the_newest_backup_is_told_and_remembered_while_its_store_is_away(
    database: Database,
) -> None:
    store, clock, registry = FaultyStore(MemoryStore()), Clock(), CollectorRegistry()
    monitoring = ServiceMetrics(
        registry,
        database,
        Counters(database, StoreMetrics(registry), {}),
        StatsParts(database, MemoryStore()),
        namespace=DEFAULT_NAMESPACE,
        backups=store,
        clock=clock,
    )

    async def told() -> list[float]:
        clock.now += timedelta(minutes=5)
        lines = (await monitoring.exposition()).decode().splitlines()
        return [float(each.split()[1]) for each in lines if each.startswith("keyshelf_backup_")]

    store.fail("list", call=1)
    store.fail("list", call=4)
    assert await told() == []
    assert await told() == [0.0]
    made = await backups.create(store, a_dump, clock=clock)

    assert await told() == [made.at.timestamp()]
    assert await told() == [made.at.timestamp()]
    assert store.calls.count("list") == 4
