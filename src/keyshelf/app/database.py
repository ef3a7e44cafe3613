"""The database of a service: as set, or the embedded one; brought up to date."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from keyshelf.app.kept_secrets import private_folder
from keyshelf.database.embedded import EmbeddedPostgres
from keyshelf.database.migrate import migrate
from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.settings import Settings


@asynccontextmanager
async def database_place(settings: Settings) -> AsyncGenerator[str]:
    """Give where the database is; the embedded one runs, started unless another has done so."""
    async with AsyncExitStack() as opened:
        url = settings.text("DATABASE_URL")
        if url is None:
            folder = private_folder(settings.data_folder) / "postgres"
            server = await opened.enter_async_context(await EmbeddedPostgres.start(folder))
            url = server.url
        yield url


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncGenerator[Database]:
    """Open the database, and bring its schema up to date."""
    async with open_database_as_it_is(settings) as database:
        await migrate(database)
        yield database


@asynccontextmanager
async def open_database_as_it_is(settings: Settings) -> AsyncGenerator[Database]:
    """Open the database, whatever its schema."""
    async with AsyncExitStack() as opened:
        url = await opened.enter_async_context(database_place(settings))
        options = DatabaseOptions(
            url=url, max_connections=settings.number("KEYSHELF_DATABASE_CONNECTIONS")
        )
        yield await opened.enter_async_context(await Database.open(options))
