"""Bringing blobs back from Azure's archive.

https://learn.microsoft.com/rest/api/storageservices/set-blob-tier
"""

from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.azure_headers import blob_meta
from keyshelf.store.azure_requests import AzureRequests
from keyshelf.store.errors import NeedsRestoreError
from keyshelf.store.restoring import Availability, RestoreTier

_PRIORITIES = {RestoreTier.EXPEDITED: "High", RestoreTier.STANDARD: "Standard"}


class AzureRestores:
    """What is archived in a container."""

    def __init__(self, requests: AzureRequests) -> None:
        self._requests = requests

    async def availability(self, key: ObjectKey) -> Availability:
        """Say whether a blob can be read; see `ColdStore`."""
        headers = (await self._requests.send("HEAD", key)).headers
        found = blob_meta(key, headers)
        is_asked = headers.get("x-ms-archive-status", "").startswith("rehydrate-pending")
        return Availability(found.size, found.storage_class, is_being_restored=is_asked)

    async def request(self, key: ObjectKey, *, tier: RestoreTier, days: int) -> None:
        """Move a blob to the hot class, where it stays; see `ColdStore`."""
        del days
        priority = _PRIORITIES.get(tier)
        if priority is None:
            raise InvalidInputError(f"Azure restores nothing {tier}: choose standard or expedited")
        headers = {"x-ms-access-tier": "Hot", "x-ms-rehydrate-priority": priority}
        try:
            await self._requests.send("PUT", key, {"comp": "tier"}, headers=headers)
        except NeedsRestoreError:
            # It is on its way already: that is what was asked for.
            return

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._requests.aclose()
