"""From regions to a store that reads from all of them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from keyshelf.concurrency import together
from keyshelf.store.regions.metrics import RegionsMetrics
from keyshelf.store.regions.region import Region
from keyshelf.store.regions.regions_store import RegionsStore
from keyshelf.store.regions.values import RegionsOptions


@asynccontextmanager
async def open_regions(
    primary: Region,
    replicas: Sequence[Region],
    options: RegionsOptions,
    metrics: RegionsMetrics,
    *,
    role: str,
) -> AsyncGenerator[RegionsStore]:
    """Make one store of a primary and its replicas, and probe those that rest.

    Their own stores are left open at the end.
    """
    store = RegionsStore(primary, replicas, options, metrics, role=role)
    async with together() as group:
        group.start_soon(store.keep_probing)
        yield store
        group.cancel_scope.cancel()
