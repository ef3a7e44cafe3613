"""Repositories of a service on another machine: another home, over HTTP."""

from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest

from keyshelf.client.asynchronous import AsyncClient
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
from tests.served import Served, served

__all__ = ["served"]

SOON = RetryOptions(first_wait=0.01, longest_asked_wait=0, patience=0)
MAIN = RefName(RefKind.BRANCH, "main")
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_numbers = count(1)


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


@pytest.fixture
def name() -> str:
    """What no other repository is called."""
    return f"remote-{next(_numbers)}"


class PresigningHost(RemoteHost):
    """Moves chunks by signed requests, as where the service has a store that is elsewhere."""

    async def open(self, info: RepositoryInfo, keys: Keys | None) -> RemoteCarrier:
        return await super().open(replace(info, moves_chunks=False), keys)


@pytest.fixture(params=["plain", "encrypted", "plain-presigned", "encrypted-presigned"])
async def machine(
    request: pytest.FixtureRequest, served: Served, tmp_path: Path
) -> AsyncIterator[Machine]:
    kind, _, presigned = str(request.param).partition("-")
    make = PresigningHost if presigned else RemoteHost
    secret = Unlocking(key=bytes(range(32))) if kind == "encrypted" else Unlocking()
    home = tmp_path / "home"
    home.mkdir()
    async with AsyncClient(
        served.url, token=served.token, state_folder=tmp_path / "state", retry=SOON
    ) as client:
        yield Machine(make(client, SOON), home, secret)
