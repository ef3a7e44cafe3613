"""Three buckets of a real server: one slow, one stale, one dead, and no read fails."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import anyio
import pytest
from prometheus_client import CollectorRegistry

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import CHUNKS
from keyshelf.store.base import ByteRange, NewObject, ObjectReader, ObjectStore
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.opening import StoreOptions, open_store
from keyshelf.store.regions.metrics import RegionsMetrics
from keyshelf.store.regions.opening import open_regions
from keyshelf.store.regions.region import Region
from keyshelf.store.regions.regions_store import RegionsStore
from keyshelf.store.regions.values import RegionsOptions, Strategy
from keyshelf.store.retrying import Retries
from tests.servers.process import free_port
from tests.servers.s3 import S3Server

pytestmark = pytest.mark.anyio

KEYS = [ObjectKey(f"{CHUNKS}aa/bb/{number:02}") for number in range(24)]
COPIED = KEYS[::2]
PRICES = {"slow": 3.0, "stale": 2.0, "dead": 1.0}


class SlowStore(FaultyStore):
    """A store far away."""

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        await anyio.sleep(0.02)
        return await super().get(key, byte_range=byte_range, if_match=if_match)


@dataclass
class Three:
    strategy: Strategy
    store: RegionsStore
    dead: FaultyStore
    registry: CollectorRegistry

    def count(self, name: str, region: str, **labels: str) -> float:
        at = {"store": "repository", "region": region, **labels}
        return self.registry.get_sample_value(f"keyshelf_region_{name}", at) or 0


@pytest.fixture(params=list(Strategy), ids=lambda strategy: strategy.value)
async def three(
    request: pytest.FixtureRequest, versitygw_server: S3Server
) -> AsyncGenerator[Three]:
    registry = CollectorRegistry()
    async with AsyncExitStack() as opened:

        async def bucket(options: StoreOptions) -> ObjectStore:
            store = await open_store(options)
            opened.push_async_callback(store.aclose)
            return store

        slow = SlowStore(await bucket(versitygw_server.new_bucket()))
        stale = await bucket(versitygw_server.new_bucket())
        nowhere = f"http://127.0.0.1:{free_port()}"
        away = replace(versitygw_server.new_bucket(), endpoint=nowhere, retries=Retries.never())
        dead = FaultyStore(await bucket(away))
        await slow.put_many([NewObject(key, key.encode()) for key in KEYS])
        await stale.put_many([NewObject(key, key.encode()) for key in COPIED])
        primary = Region("slow", slow, is_primary=True, price=PRICES["slow"])
        replicas = [
            Region(name, store, price=PRICES[name])
            for name, store in {"stale": stale, "dead": dead}.items()
        ]
        options = RegionsOptions(strategy=request.param, unchanging=(CHUNKS,))
        store = await opened.enter_async_context(
            open_regions(primary, replicas, options, RegionsMetrics(registry), role="repository")
        )
        yield Three(request.param, store, dead, registry)


async def test_no_read_fails_and_the_dead_region_is_waited_for_once(three: Three) -> None:
    for key in KEYS:
        async with await three.store.get(key) as reader:
            assert await reader.read() == key.encode()
    assert await three.store.get_many(KEYS) == [key.encode() for key in KEYS]

    answered = {name: three.count("reads_total", name) for name in PRICES}
    assert answered["dead"] == 0
    assert sum(answered.values()) == 2 * len(KEYS)
    # Probes find it still dead, and no second read goes there.
    asked = three.dead.calls.count("get")
    assert asked <= 1
    assert three.count("well", "dead") == 1 - asked


async def test_each_strategy_shows_in_what_was_chosen(three: Three) -> None:
    for _ in range(2):
        await three.store.get_many(KEYS)

    chosen = {name: three.count("chosen_total", name) for name in PRICES}
    missing = three.count("fallbacks_total", "stale", reason="missing")
    if three.strategy is Strategy.PRIMARY_ONLY:
        assert (chosen["stale"], chosen["dead"]) == (0, 0)
    elif three.strategy is Strategy.ROUND_ROBIN:
        assert min(chosen["slow"], chosen["stale"]) >= len(KEYS) // 2
    elif three.strategy is Strategy.LOWEST_COST:
        assert (chosen["slow"], chosen["stale"] > chosen["dead"]) == (0, True)
    else:
        assert min(chosen["slow"], chosen["stale"]) > 0
    assert (missing > 0) == (chosen["stale"] > 0)
