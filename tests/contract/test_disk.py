"""The disk store keeps the contract, with attributes in the files' own and beside them."""

from dataclasses import replace
from pathlib import Path

import pytest

from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_options import DiskOptions
from tests.contract.contract_base import KEY, listed_keys
from tests.contract.local_contract import PAGE_LIMIT, PART_BYTES, LocalStoreContract
from tests.signed_server import SignedServer


class TestDiskStore(LocalStoreContract):
    memory_bound = 32 * 2**20
    extended_attributes = True

    @pytest.fixture
    def options(self, signed_server: SignedServer) -> DiskOptions:
        return DiskOptions(
            page_limit=PAGE_LIMIT,
            min_part_bytes=PART_BYTES,
            listing_window=3,
            durable=False,
            extended_attributes=self.extended_attributes,
            signer=signed_server.signer,
        )

    @pytest.fixture
    def store(self, tmp_path: Path, options: DiskOptions) -> DiskStore:
        return DiskStore(tmp_path / "store", options)

    async def test_two_stores_on_one_folder_are_one(
        self, store: DiskStore, tmp_path: Path, options: DiskOptions
    ) -> None:
        other = DiskStore(tmp_path / "store", replace(options, page_limit=2))

        await store.put(KEY, b"hello")

        assert await listed_keys(other) == [KEY]
        assert await other.head(KEY) == await store.head(KEY)


class TestDiskStoreWithoutExtendedAttributes(TestDiskStore):
    extended_attributes = False
