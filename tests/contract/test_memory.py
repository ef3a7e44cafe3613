"""The memory store keeps the contract."""

import pytest

from keyshelf.store.errors import UnsupportedError
from keyshelf.store.memory import MemoryOptions, MemoryStore
from tests.contract.contract_base import KEY
from tests.contract.local_contract import PAGE_LIMIT, PART_BYTES, LocalStoreContract
from tests.signed_server import SignedServer


class TestMemoryStore(LocalStoreContract):
    memory_bound = None  # its objects are memory
    streamed_bytes = 16 * 2**20

    @pytest.fixture
    def store(self, signed_server: SignedServer) -> MemoryStore:
        options = MemoryOptions(
            page_limit=PAGE_LIMIT, min_part_bytes=PART_BYTES, signer=signed_server.signer
        )
        return MemoryStore(options)


@pytest.mark.anyio
async def test_a_store_without_a_signer_does_not_sign() -> None:
    store = MemoryStore()

    assert not store.capabilities.presign
    with pytest.raises(UnsupportedError):
        await store.presign("GET", KEY)
