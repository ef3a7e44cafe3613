"""Somebody's computer, to which repositories are elsewhere."""

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from keyshelf.client.retrying import RetryOptions
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.checkout.service import checkout
from keyshelf.repositories.checkout.values import CheckedOut
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.commit.values import Commit, CommitOptions
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.host import NewEncryption, RepositoryInfo, opened
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.remote.carrier import RemoteCarrier
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.unlocking import Unlocking, new_secret
from keyshelf.repositories.values import RefKind, RefName, RepositoryName

SOON = RetryOptions(first_wait=0.01, longest_asked_wait=0, patience=0)
MAIN = RefName(RefKind.BRANCH, "main")
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Machine:
    """Somebody's computer, with a token of the service and folders of its own."""

    host: RemoteHost
    home: Path
    unlocking: Unlocking = field(default_factory=Unlocking)

    async def create(self, name: str) -> Carrier:
        """Make a repository, encrypted where there is something to unlock it with."""
        encryption = None
        if not self.unlocking.is_empty:
            keys, slot = await new_secret(self.unlocking, slot=uuid4(), label="test")
            encryption = NewEncryption(keys.key_id, [slot])
        await self.host.create(RepositoryName(name), is_shared=False, encryption=encryption)
        return await self.open(name)

    async def open(self, name: str) -> Carrier:
        return await opened(self.host, name, self.unlocking)

    async def commit(
        self, carrier: Carrier, folder: Path, options: CommitOptions | None = None
    ) -> Commit:
        with closing(FolderCache.open(self.home / f"{carrier.repository.id}.cache")) as cache:
            return await commit(
                carrier,
                bytes(folder),
                branch=MAIN,
                message="a commit",
                author=Author("Ann"),
                at=AT,
                cache=cache,
                options=options,
            )

    async def checkout(self, carrier: Carrier, folder: Path) -> CheckedOut:
        reader = Reader(carrier)
        at = await carrier.ref(MAIN)
        assert at is not None
        root = (await reader.manifest(at)).root
        with closing(FolderCache.open(self.home / f"{carrier.repository.id}.out.cache")) as cache:
            return await checkout(reader, root, bytes(folder), cache=cache)


class PresigningHost(RemoteHost):
    """Moves chunks by signed requests, as where the service has a store that is elsewhere."""

    async def open(self, info: RepositoryInfo, keys: Keys | None) -> RemoteCarrier:
        return await super().open(replace(info, moves_chunks=False), keys)
