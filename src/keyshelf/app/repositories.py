"""Repositories alone, without the rest of a service: what the command line works on."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from keyshelf.app.database import open_database
from keyshelf.app.kept_secrets import signing_secret
from keyshelf.app.stores import StoreOpener, bucket_of, store_regions
from keyshelf.layout.namespace import namespace
from keyshelf.operations.classes import Cloud, StorageClass, facts
from keyshelf.operations.counters.service import Counters, keeping
from keyshelf.repositories.formats.headers import Tier
from keyshelf.repositories.parts import Placement, RepositoryOptions, RepositoryParts
from keyshelf.settings import InvalidSettingError, Settings
from keyshelf.telemetry import Metrics

_CLOUDS = {"": Cloud.S3, "s3": Cloud.S3, "gs": Cloud.GCS, "az": Cloud.AZURE}
_GC_DELETES = "KEYSHELF_GC_DELETES"


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
        chunks=placement(settings, "REPOSITORY_CHUNK_CLASS"),
        proxies=placement(settings, "REPOSITORY_PROXY_CLASS"),
        marks_deleted=_marks_deleted(settings),
        grace=timedelta(hours=settings.number("KEYSHELF_GC_GRACE_HOURS")),
        url_expiry=timedelta(seconds=settings.number("KEYSHELF_URL_SECONDS")),
        key=bytes.fromhex(key) if key else None,
    )


def cloud_of(settings: Settings) -> Cloud | None:
    """Return whose storage the repository store is; None for a folder of this machine."""
    return _CLOUDS.get(urlsplit(bucket_of(settings, "repository")).scheme)


def placement(settings: Settings, name: str) -> Placement:
    """Return where new objects go whose class a setting names.

    What was written is read again to prove it, so nothing is written into a class that must
    be restored: such objects begin as hot, and are tagged for the rule that moves them.
    Raises `InvalidSettingError` where the store has no classes.
    """
    wanted, cloud = StorageClass(settings.required(name)), cloud_of(settings)
    if wanted is StorageClass.HOT:
        return Placement()
    if cloud is None:
        raise InvalidSettingError(f"{name} is set and does nothing: a folder has no classes")
    of = facts(cloud, wanted)
    return Placement(Tier(wanted), None if of.needs_restore else of.name)


def _marks_deleted(settings: Settings) -> bool:
    if settings.required(_GC_DELETES) != "tag":
        return False
    if cloud_of(settings) is not Cloud.S3:
        raise InvalidSettingError(f"{_GC_DELETES}=tag needs a bucket of S3, which alone has tags")
    if settings.flag("KEYSHELF_OBJECT_TAGS") is False:
        raise InvalidSettingError(f"{_GC_DELETES}=tag needs KEYSHELF_OBJECT_TAGS=true")
    return True
