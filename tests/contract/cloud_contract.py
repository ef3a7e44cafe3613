"""The store contract for a bucket that `open_store` opens and that each test gets anew."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectStore, PresignOptions, SignedRequest
from keyshelf.store.opening import StoreOptions, open_store
from tests.contract.store_contract import StoreContract


class CloudContract(StoreContract):
    """Subclass it and supply a fixture `options` that makes an empty bucket."""

    @pytest.fixture
    async def store(self, options: StoreOptions) -> AsyncIterator[ObjectStore]:
        store = await open_store(options)
        yield store
        await store.aclose()

    @pytest.fixture(autouse=True)
    def remember(self, options: StoreOptions) -> None:
        self.options = options

    async def expired_request(
        self, store: ObjectStore, method: str, key: ObjectKey, options: PresignOptions
    ) -> SignedRequest:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        past = await open_store(replace(self.options, clock=lambda: yesterday))
        try:
            return await past.presign(method, key, options)
        finally:
            await past.aclose()
