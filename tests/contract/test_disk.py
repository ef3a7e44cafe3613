"""The disk store keeps the contract."""

from pathlib import Path

import pytest

from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from tests.contract.local_contract import PAGE_LIMIT, PART_BYTES, LocalStoreContract
from tests.signed_server import SignedServer


class TestDiskStore(LocalStoreContract):
    memory_bound = 32 * 2**20

    @pytest.fixture
    def options(self, signed_server: SignedServer) -> DiskOptions:
        return DiskOptions(
            page_limit=PAGE_LIMIT,
            min_part_bytes=PART_BYTES,
            listing_window=3,
            durable=False,
            signer=signed_server.signer,
        )

    @pytest.fixture
    def store(self, tmp_path: Path, options: DiskOptions) -> DiskStore:
        return DiskStore(tmp_path / "store", options)
