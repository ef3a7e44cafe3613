"""What is remembered of a replica, told to a monitor, and done by a job."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from keyshelf.database.pool import Database
from keyshelf.jobs.context import JobContext, Lease
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.replicas import work
from keyshelf.operations.replicas.metrics import families
from keyshelf.operations.replicas.values import Pair, ReplicaNotFoundError, Wish
from keyshelf.operations.replicas.work import ReplicaParts
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryStore

pytestmark = pytest.mark.anyio
KEY = ObjectKey(f"v1/chunks/ab/cd/{'abcd' * 16}")


@pytest.fixture
async def parts(database: Database) -> ReplicaParts:
    """A replica that lacks a chunk which is some time old."""
    source, target = MemoryStore(), MemoryStore()
    await source.put(KEY, b"a chunk")
    at = datetime.now(UTC) + timedelta(minutes=10)

    @asynccontextmanager
    async def opened(wish: Wish) -> AsyncGenerator[Pair]:
        yield Pair(wish.replica, "eu-west-1", source, target)

    return ReplicaParts(database, ["eu"], opened, clock=lambda: at)


def context(database: Database) -> JobContext:
    lease = Lease(database, uuid4(), uuid4(), timedelta(hours=1))
    return JobContext(lease, attempt=1, owner_id="me", progress_interval=timedelta(hours=1))


async def told(parts: ReplicaParts) -> dict[str, float]:
    found = families(parts.replicas, await work.states(parts), await work.failures(parts))
    return {each.name: each.samples[0].value for each in found}


async def test_a_look_is_remembered_and_told(parts: ReplicaParts) -> None:
    [task, _] = work.upkeep(parts, interval=timedelta(hours=1))

    await task.run()

    [state] = await work.states(parts)
    metrics = await told(parts)
    assert (state.replica, state.region, state.missing) == ("eu", "eu-west-1", 1)
    assert metrics["keyshelf_replica_missing_objects"] == 1
    assert 590 < metrics["keyshelf_replica_lag_seconds"] <= 601


async def test_a_job_copies_and_what_is_remembered_is_what_is_left(parts: ReplicaParts) -> None:
    handle = work.registration(parts).handler
    payload = {"replica": "eu", "dry_run": False, "back": False, "replace": False}

    dry = await handle(context(parts.database), {**payload, "dry_run": True})
    done = await handle(context(parts.database), payload)

    assert dry is not None
    assert dry["findings"] == [{"kind": "missing", "key": KEY, "size": 7, "damaged": None}]
    assert done is not None
    assert (done["copied"], done["missing"], done["findings"]) == (1, 0, [])


async def test_an_unknown_replica_is_not_found(parts: ReplicaParts) -> None:
    handle = work.registration(parts).handler
    payload = {"replica": "us", "dry_run": True, "back": False, "replace": False}

    with pytest.raises(ReplicaNotFoundError):
        await handle(context(parts.database), payload)


@pytest.mark.parametrize("failing", [0, 1], ids=["compared", "reached in between"])
async def test_a_replica_that_is_away_is_told_until_it_is_compared(
    parts: ReplicaParts, failing: int
) -> None:
    [task, _] = work.upkeep(parts, interval=timedelta(hours=1))
    await task.run()

    @asynccontextmanager
    async def away(_wish: Wish) -> AsyncGenerator[Pair]:
        gone = FaultyStore(MemoryStore())
        for asked in ("list", "check"):
            gone.fail(asked, error=StoreUnavailableError("the region is away"))
        yield Pair("eu", "eu-west-1", MemoryStore(), gone)

    await work.upkeep(replace(parts, open=away), interval=timedelta(hours=1))[failing].run()

    [failure] = await work.failures(parts)
    assert (failure.replica, failure.detail) == ("eu", "the region is away")
    metrics = await told(parts)
    failed_at = metrics["keyshelf_replica_failed_timestamp_seconds"]
    assert failed_at == parts.clock().timestamp()
    assert metrics["keyshelf_replica_missing_objects"] == 1

    await task.run()

    assert await work.failures(parts) == []
    assert (await told(parts))["keyshelf_replica_failed_timestamp_seconds"] == 0
