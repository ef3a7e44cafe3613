"""The empty objects that show folders in the bucket."""

from dataclasses import dataclass, field

import anyio

from keyshelf.layout.drive import MARKER_TRIAL
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, ObjectStore, PutOptions

_MARKER = PutOptions(attributes=Attributes(content_type="application/x-directory"))


@dataclass(slots=True)
class FolderMarkers:
    """Writes markers where the store can hold them.

    Some servers take a key that ends in a slash for the file of that name, which
    would then be in the way of everything below the folder. So the first marker is
    tried out in Keyshelf's own area.
    """

    store: ObjectStore
    _are_kept: bool | None = None
    _trying: anyio.Lock = field(default_factory=anyio.Lock)

    async def put(self, key: ObjectKey) -> None:
        """Write a folder's marker; writing it again changes nothing."""
        if await self.are_kept():
            await self.store.put(key, b"", _MARKER)

    async def are_kept(self) -> bool:
        """Say whether the store keeps markers as what they are; asked of it once."""
        async with self._trying:
            if self._are_kept is None:
                self._are_kept = self.store.capabilities.folder_markers and await self._try()
            return self._are_kept

    async def _try(self) -> bool:
        await self.store.put(MARKER_TRIAL, b"", _MARKER)
        found = [
            each.key
            async for page in self.store.list(MARKER_TRIAL.rstrip("/"))
            for each in page.objects
        ]
        await self.store.delete_many([ObjectKey(key) for key in found])
        return found == [MARKER_TRIAL]
