"""Repositories alone, without the rest of a service: what the command line works on."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from keyshelf.app.database import open_database
from keyshelf.app.kept_secrets import signing_secret
from keyshelf.app.stores import StoreOpener, store_regions
from keyshelf.layout.namespace import namespace
from keyshelf.operations.counters.service import Counters, keeping
from keyshelf.repositories.parts import RepositoryOptions, RepositoryParts
from keyshelf.settings import Settings
from keyshelf.telemetry import Metrics


@asynccontextmanager
async def open_repositories(settings: Settings) -> AsyncGenerator[RepositoryParts]:
    """Open the database and the repository store; a service may run beside.

    What is asked of the store counts as what a service asks of it.
    """
    async with AsyncExitStack() as opened:
        secret = signing_secret(settings)
        database = await opened.enter_async_context(open_database(settings))
        opener = StoreOpener(settings, secret, Metrics().registry, opened)
        store = await opener.open("repository")
        counters = Counters(database, opener.observed, store_regions(settings))
        await opened.enter_async_context(keeping(counters))
        yield RepositoryParts(database=database, store=store, options=repository_options(settings))


def repository_options(settings: Settings) -> RepositoryOptions:
    """Return how repositories behave, as set."""
    key = settings.text("KEYSHELF_REPOSITORY_KEY")
    return RepositoryOptions(
        namespace=namespace(settings.required("KEYSHELF_METADATA_NAMESPACE")),
        tags=settings.flag("KEYSHELF_OBJECT_TAGS") is not False,
        grace=timedelta(hours=settings.number("KEYSHELF_GC_GRACE_HOURS")),
        url_expiry=timedelta(seconds=settings.number("KEYSHELF_URL_SECONDS")),
        key=bytes.fromhex(key) if key else None,
    )
