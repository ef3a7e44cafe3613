"""A repository on a disk store and an embedded database, for the benchmarks of repositories."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from keyshelf.database.embedded import EmbeddedPostgres
from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.layout.drive import OwnerId
from keyshelf.repositories import managing
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.checkout.service import checkout
from keyshelf.repositories.checkout.values import CheckoutOptions
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.commit.values import Commit, CommitOptions
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.managing import NewRepository
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.values import RefKind, RefName, RepositoryNotFoundError, repository_name
from keyshelf.store.disk import DiskStore

MAIN = RefName(RefKind.BRANCH, "main")
OWNER = OwnerId("bench")
PARANOID = CommitOptions(paranoid=True)


@asynccontextmanager
async def opened(postgres: Path, store: Path) -> AsyncGenerator[DirectCarrier]:
    """Open the repository of a store; the first time, it is made."""
    async with (
        await EmbeddedPostgres.start(postgres) as server,
        await Database.open(DatabaseOptions(url=server.url)) as database,
    ):
        await migrate(database)
        parts = RepositoryParts(database=database, store=DiskStore(store))
        name = repository_name(store.name)
        try:
            record = await managing.find(parts, name, [OWNER])
        except RepositoryNotFoundError:
            record = await managing.create(parts, NewRepository(name, OWNER))
        yield DirectCarrier(parts, record, record.opened(None), OWNER)


async def commit_folder(
    carrier: DirectCarrier, folder: Path, cache: FolderCache, options: CommitOptions | None = None
) -> Commit:
    """Commit a folder as it is."""
    return await commit(
        carrier,
        os.fsencode(folder),
        branch=MAIN,
        message="benchmark",
        author=Author("benchmark"),
        at=datetime.now(UTC),
        cache=cache,
        options=options,
        clock=_later,
    )


async def check_out(carrier: DirectCarrier, folder: Path, cache: FolderCache) -> None:
    """Check out what the branch holds."""
    head = await carrier.ref(MAIN)
    assert head
    reader = Reader(carrier)
    root = (await reader.manifest(head)).root
    await checkout(reader, root, os.fsencode(folder), cache=cache, options=CheckoutOptions())


def _later() -> datetime:
    """A clock by which the files were made long ago: fresh ones would be read again."""
    return datetime.now(UTC) + timedelta(hours=1)
