"""A store of many regions keeps the contract, also when its replicas have nothing."""

from collections.abc import AsyncGenerator

import pytest
from prometheus_client import CollectorRegistry

from keyshelf.store.memory import MemoryOptions, MemoryStore
from keyshelf.store.regions.metrics import RegionsMetrics
from keyshelf.store.regions.opening import open_regions
from keyshelf.store.regions.region import Region
from keyshelf.store.regions.regions_store import RegionsStore
from keyshelf.store.regions.values import RegionsOptions, Strategy
from tests.contract.local_contract import PAGE_LIMIT, PART_BYTES, LocalStoreContract
from tests.signed_server import SignedServer


class TestRegionsStore(LocalStoreContract):
    memory_bound = None  # its objects are memory
    streamed_bytes = 16 * 2**20

    @pytest.fixture
    async def store(self, signed_server: SignedServer) -> AsyncGenerator[RegionsStore]:
        options = MemoryOptions(
            page_limit=PAGE_LIMIT, min_part_bytes=PART_BYTES, signer=signed_server.signer
        )
        # Any key is looked for in the empty replicas, and nothing is remembered.
        regions = RegionsOptions(strategy=Strategy.ROUND_ROBIN, unchanging=("",), remembered=0)
        replicas = [Region(name, MemoryStore()) for name in ("east", "west")]
        primary = Region("home", MemoryStore(options), is_primary=True)
        metrics = RegionsMetrics(CollectorRegistry())
        async with open_regions(primary, replicas, regions, metrics, role="repository") as store:
            yield store
