"""How long reads take while a region is dead, silent or slow.

python -m benchmarks.regions [--reads 400]

A primary in memory that takes 20 ms, and replicas: one in memory that takes 2 ms, one at a
port where nobody listens, one at a port that takes connections and never answers. Both of
those are real clients of S3. Each strategy reads the same objects, one after another; the
slowest read is the failover.
"""

import argparse
import asyncio
import socket
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median, quantiles

import anyio
from prometheus_client import CollectorRegistry

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ByteRange, ObjectReader
from keyshelf.store.memory import MemoryStore
from keyshelf.store.opening import StoreOptions, open_store
from keyshelf.store.regions.metrics import RegionsMetrics
from keyshelf.store.regions.opening import open_regions
from keyshelf.store.regions.region import Region
from keyshelf.store.regions.values import RegionsOptions, Strategy
from keyshelf.store.retrying import Retries

KEYS = [ObjectKey(f"v1/chunks/aa/bb/{number:03}") for number in range(50)]
BODY = bytes(64 * 1024)
PRICES = {"primary": 4.0, "near": 3.0, "silent": 2.0, "dead": 1.0}


class FarStore(MemoryStore):
    """A store in memory that answers after a while."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    async def get(
        self, key: ObjectKey, *, byte_range: ByteRange | None = None, if_match: str | None = None
    ) -> ObjectReader:
        await anyio.sleep(self.seconds)
        return await super().get(key, byte_range=byte_range, if_match=if_match)


@dataclass
class Measured:
    """What one strategy took."""

    seconds: list[float]
    chosen: dict[str, int]
    hedges: int


async def measure(strategy: Strategy, reads: int, silent_port: int, dead_port: int) -> Measured:
    """Read one object after another."""
    registry = CollectorRegistry()
    stores = {"primary": FarStore(0.02), "near": FarStore(0.002)}
    for store in stores.values():
        for key in KEYS:
            await store.put(key, BODY)
    async with AsyncExitStack() as opened:
        regions = {
            name: Region(name, store, is_primary=name == "primary", price=PRICES[name])
            for name, store in stores.items()
        }
        for name, port in {"silent": silent_port, "dead": dead_port}.items():
            endpoint = f"http://127.0.0.1:{port}"
            options = StoreOptions(
                "b", endpoint=endpoint, access_key="a", secret_key="s", retries=Retries.never()
            )
            away = await open_store(options)
            opened.push_async_callback(away.aclose)
            regions[name] = Region(name, away, price=PRICES[name])
        primary, *replicas = regions.values()
        found = RegionsOptions(strategy=strategy, unchanging=("v1/chunks/",))
        store = await opened.enter_async_context(
            open_regions(primary, replicas, found, RegionsMetrics(registry), role="repository")
        )
        seconds: list[float] = []
        for number in range(reads):
            started = time.perf_counter()
            async with await store.get(KEYS[number % len(KEYS)]) as reader:
                assert len(await reader.read()) == len(BODY)
            seconds.append(time.perf_counter() - started)
    return Measured(
        seconds,
        {name: _count(registry, "chosen_total", name) for name in regions},
        sum(_count(registry, "hedges_total", name) for name in regions),
    )


def _count(registry: CollectorRegistry, name: str, region: str) -> int:
    labels = {"store": "repository", "region": region}
    return int(registry.get_sample_value(f"keyshelf_region_{name}", labels) or 0)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reads", type=int, default=400)
    asked = parser.parse_args()
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        with socket.create_server(("127.0.0.1", 0)) as free:
            dead_port = free.getsockname()[1]
        print(f"{'strategy':<16} {'median':>8} {'p95':>8} {'slowest':>8}  hedges  chosen")
        for strategy in Strategy:
            found = await measure(strategy, asked.reads, silent.getsockname()[1], dead_port)
            times = [1000 * each for each in found.seconds]
            p95 = quantiles(times, n=20)[-1]
            chosen = ", ".join(f"{name} {count}" for name, count in found.chosen.items())
            print(
                f"{strategy.value:<16} {median(times):6.1f}ms {p95:6.1f}ms {max(times):6.1f}ms"
                f"  {found.hedges:6}  {chosen}"
            )


if __name__ == "__main__":
    asyncio.run(main())
