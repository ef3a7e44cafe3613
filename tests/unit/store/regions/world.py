"""Regions in memory, and a clock that a test moves."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.lowlevel import checkpoint
from prometheus_client import CollectorRegistry

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectStore
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryStore
from keyshelf.store.regions.metrics import RegionsMetrics
from keyshelf.store.regions.opening import open_regions
from keyshelf.store.regions.region import Region
from keyshelf.store.regions.regions_store import RegionsStore
from keyshelf.store.regions.values import RegionsOptions, Strategy, Timing

CHUNK = ObjectKey("v1/chunks/aa/bb/aabb")
DOCUMENT = ObjectKey("v1/metadata/repos/r.json")


async def settle() -> None:
    """Let all tasks go on until they wait: in memory nothing takes longer."""
    for _ in range(30):
        await checkpoint()


@dataclass
class Clockwork:
    """Time that passes when it is told to."""

    at: float = 0.0
    _sleepers: list[tuple[float, anyio.Event]] = field(
        default_factory=list[tuple[float, anyio.Event]]
    )

    def now(self) -> float:
        return self.at

    async def wait(self, seconds: float) -> None:
        woken = anyio.Event()
        self._sleepers.append((self.at + seconds, woken))
        await woken.wait()

    async def passes(self, seconds: float) -> None:
        """Let time pass, once everybody waits for something, and then all do what they do."""
        await settle()
        self.at += seconds
        for due, woken in self._sleepers:
            if due <= self.at + 1e-9:
                woken.set()
        await settle()


@dataclass
class World:
    """A store of regions, the stores behind it, and what was counted."""

    store: RegionsStore
    clock: Clockwork
    homes: Mapping[str, FaultyStore]
    registry: CollectorRegistry

    def count(self, name: str, region: str, **labels: str) -> float:
        found = self.registry.get_sample_value(
            f"keyshelf_region_{name}", {"store": "repository", "region": region, **labels}
        )
        return found or 0.0

    def asked(self) -> list[str]:
        """Return in which regions somebody has read, in any order."""
        return sorted(name for name, home in self.homes.items() if "get" in home.calls)

    async def have(self, key: ObjectKey, body: bytes, *regions: str) -> None:
        """Place an object in regions, behind the back of the store."""
        for name in regions:
            await self.homes[name].put(key, body)
            self.homes[name].calls.clear()


@asynccontextmanager
async def world(
    strategy: Strategy,
    *names: str,
    prices: Mapping[str, float] | None = None,
    hedged_share: float = 0.03,
    remembered: int = 100,
    inner: Mapping[str, ObjectStore] | None = None,
) -> AsyncGenerator[World]:
    """Open a primary `home` and replicas of these names, all in memory unless given."""
    clock, registry = Clockwork(), CollectorRegistry()
    given = inner or {}
    homes = {name: FaultyStore(given.get(name) or MemoryStore()) for name in ("home", *names)}
    primary, *replicas = [
        Region(name, store, is_primary=name == "home", price=(prices or {}).get(name))
        for name, store in homes.items()
    ]
    options = RegionsOptions(
        strategy=strategy,
        unchanging=("v1/chunks/",),
        is_damaged=lambda _key, body: body.startswith(b"damaged"),
        hedged_share=hedged_share,
        remembered=remembered,
        timing=Timing(clock.now, clock.wait),
    )
    async with open_regions(
        primary, replicas, options, RegionsMetrics(registry), role="repository"
    ) as store:
        yield World(store, clock, homes, registry)


async def read(world: World, key: ObjectKey = CHUNK) -> bytes:
    async with await world.store.get(key) as reader:
        return await reader.read()
