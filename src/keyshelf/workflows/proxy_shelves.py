"""Where proxies are kept: this machine's store, or a service elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from keyshelf.client.repositories import RepositoryRoutes
from keyshelf.drive.mimetypes import UNKNOWN_MIMETYPE, mimetype_of
from keyshelf.layout.repository import AssetHash, RepositoryId
from keyshelf.repositories import proxies
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.remote.failures import translated
from keyshelf.store.bodies import file_pieces


@dataclass(frozen=True, slots=True)
class OwnShelf:
    """The proxies of a repository in this machine's store."""

    parts: RepositoryParts
    record: RepositoryRecord

    async def names(self, asset: AssetHash) -> Collection[str]:
        """Return what an asset has."""
        found = await proxies.list_proxies(self.parts, self.record, asset)
        return [each.name for each in found]

    async def put(self, asset: AssetHash, name: str, path: Path) -> None:
        """Keep a file as a proxy."""
        kind = mimetype_of(name) or UNKNOWN_MIMETYPE
        await proxies.register(
            self.parts, self.record, asset, name, file_pieces(path), content_type=kind
        )


@dataclass(frozen=True, slots=True)
class RemoteShelf:
    """The proxies of a repository of a service elsewhere."""

    routes: RepositoryRoutes
    repository: RepositoryId

    async def names(self, asset: AssetHash) -> Collection[str]:
        """Return what an asset has."""
        with translated():
            return await self.routes.proxies(self.repository, asset)

    async def put(self, asset: AssetHash, name: str, path: Path) -> None:
        """Keep a file as a proxy."""
        with translated():
            await self.routes.put_proxy(self.repository, asset, name, path)
