"""What lies in Azure's archive, on Azurite."""

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import PutOptions
from keyshelf.store.errors import NeedsRestoreError
from keyshelf.store.opening import open_restores, open_store
from keyshelf.store.restoring import RestoreTier
from tests.servers.azurite import AzureServer

pytestmark = pytest.mark.anyio
KEY = ObjectKey("v1/chunks/a")


async def test_an_archived_blob_is_refused_until_it_was_asked_for(
    azure_server: AzureServer,
) -> None:
    options = azure_server.new_bucket()
    store, cold = await open_store(options), open_restores(options)
    assert cold is not None
    await store.put(KEY, b"bytes", PutOptions(storage_class="Archive"))

    before = await cold.availability(KEY)
    with pytest.raises(NeedsRestoreError):
        await store.get_many([KEY])
    await cold.request(KEY, tier=RestoreTier.STANDARD, days=7)
    after = await cold.availability(KEY)

    assert (before.storage_class, before.is_being_restored) == ("Archive", False)
    assert after.is_being_restored or after.storage_class in {None, "Hot"}
    await cold.aclose()
    await store.aclose()
