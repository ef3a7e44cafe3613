"""What the contracts of our own stores share: small limits, and how they sign."""

from dataclasses import replace
from datetime import timedelta

import pytest

from keyshelf.clock import system_clock
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectStore, PresignOptions, SignedRequest
from tests.contract.store_contract import StoreContract
from tests.signed_server import SignedServer

PART_BYTES = 4096
PAGE_LIMIT = 7


class LocalStoreContract(StoreContract):
    page_limit = PAGE_LIMIT
    part_bytes = PART_BYTES
    many = 1200
    server: SignedServer

    @pytest.fixture(autouse=True)
    def served_store(self, signed_server: SignedServer, store: ObjectStore) -> None:
        self.server = signed_server
        signed_server.store = store

    async def expired_request(
        self, store: ObjectStore, method: str, key: ObjectKey, options: PresignOptions
    ) -> SignedRequest:
        slow = replace(self.server.signer, clock=lambda: system_clock() - timedelta(hours=2))
        return slow.sign(method, key, options)
