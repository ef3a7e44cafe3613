"""A repository on a disk store and an embedded database, for the benchmarks of repositories."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from keyshelf.database.embedded import EmbeddedPostgres
from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.layout.drive import OwnerId
from keyshelf.repositories import managing
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.managing import NewRepository
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.values import repository_name
from keyshelf.store.disk import DiskStore


@asynccontextmanager
async def repositories(folder: Path) -> AsyncGenerator[RepositoryParts]:
    """Open a database and a store in a folder."""
    async with (
        await EmbeddedPostgres.start(folder / "postgres") as server,
        await Database.open(DatabaseOptions(url=server.url)) as database,
    ):
        await migrate(database)
        yield RepositoryParts(database=database, store=DiskStore(folder / "store"))


async def new_repository(parts: RepositoryParts, keys: Keys | None = None) -> DirectCarrier:
    """Make an empty repository and return the way to it."""
    name = repository_name(f"bench-{uuid4()}")
    record = await managing.create(parts, NewRepository(name, OwnerId("bench")))
    return DirectCarrier(parts, record, record.opened(keys), "bench")
