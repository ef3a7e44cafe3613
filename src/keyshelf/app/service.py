"""An open service: every object it is made of."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from keyshelf.access.attempts import SignInAttempts
from keyshelf.access.authenticator import Authenticator
from keyshelf.access.idempotency import IdempotencyKeys
from keyshelf.access.kratos import KratosOptions, KratosProvider
from keyshelf.access.local import LocalOptions, LocalProvider
from keyshelf.access.tokens import ApiTokens
from keyshelf.app.costs import stats_parts
from keyshelf.app.database import open_database
from keyshelf.app.drive import drive_options
from keyshelf.app.job_kinds import job_kinds
from keyshelf.app.kept_secrets import local_token, signing_secret
from keyshelf.app.media import Media, endings, open_media
from keyshelf.app.pictures import picture_parts
from keyshelf.app.playback import Playback, open_playback
from keyshelf.app.readiness import ReadinessCheck
from keyshelf.app.repositories import repository_options
from keyshelf.app.same_secrets import compare
from keyshelf.app.stores import (
    LocalStore,
    OpenStores,
    bucket_of,
    open_stores,
    replica_options,
    store_regions,
)
from keyshelf.clock import system_clock
from keyshelf.coordination.opening import Coordination, open_coordination
from keyshelf.database.pool import Database
from keyshelf.drive.parts import DriveParts
from keyshelf.jobs.opening import choose_queue
from keyshelf.jobs.queue import Queue
from keyshelf.jobs.runner import Runner
from keyshelf.jobs.service import Jobs
from keyshelf.layout.namespace import namespace
from keyshelf.media.pictures.metrics import PictureMetrics
from keyshelf.media.pictures.service import Pictures, open_pictures
from keyshelf.operations.counters.service import Counters, keeping
from keyshelf.operations.monitoring.service import ServiceMetrics
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.settings import Settings
from keyshelf.store.base import ObjectStore
from keyshelf.store.observed import ObservedStore
from keyshelf.telemetry import Metrics


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """Where a service that serves can be reached."""

    url: str
    admin_url: str
    token: str | None
    """The sign-in token, with the local provider."""


@dataclass(frozen=True, slots=True)
class Keyshelf:
    """A service with everything open."""

    settings: Settings
    secret: bytes
    """Signs CSRF proofs and the URLs of local stores."""
    local_token: str | None
    """The administrator's sign-in token, with the local provider."""
    database: Database
    coordination: Coordination
    metrics: Metrics
    stores: Mapping[str, ObjectStore]
    """By role: source, media, repository."""
    local_stores: dict[str, LocalStore]
    queue: Queue
    jobs: Jobs
    runner: Runner
    drive: DriveParts
    repositories: RepositoryParts
    media: Media
    pictures: Pictures
    playback: Playback
    provider: LocalProvider | KratosProvider
    authenticator: Authenticator
    tokens: ApiTokens
    idempotency: IdempotencyKeys
    monitoring: ServiceMetrics
    readiness: ReadinessCheck

    def bucket_of(self, role: str) -> str:
        """Return where a store is, as a person names it."""
        return bucket_of(self.settings, role)


@asynccontextmanager
async def open_keyshelf(settings: Settings) -> AsyncGenerator[Keyshelf]:
    """Open a service: its database brought up to date, its stores, its queue.

    Raises the error of the part that cannot be opened. What was opened is closed
    in reverse, also then.
    """
    async with AsyncExitStack() as opened:
        metrics = Metrics()
        secret = signing_secret(settings)
        database = await _database(settings, opened)
        redis_url = settings.text("REDIS_URL")
        coordination = await opened.enter_async_context(open_coordination(redis_url))
        opened_stores = await open_stores(settings, secret, metrics, opened)
        stores = opened_stores.by_role
        queue = await opened.enter_async_context(choose_queue(database, redis_url=redis_url))
        jobs = Jobs(queue, endings=endings())
        drive = DriveParts(
            database=database, store=stores["source"], jobs=jobs, options=drive_options(settings)
        )
        repositories = RepositoryParts(
            database=database, store=stores["repository"], options=repository_options(settings)
        )
        playback = open_playback(settings, secret, database)
        media = await open_media(
            settings, database, stores, jobs, opened, keys=playback.content_keys
        )
        pictures = await _pictures(settings, media, opened_stores.source, metrics, opened)
        registry = job_kinds(settings, drive, repositories, media, stores)
        runner = Runner(database, registry, queue, metrics, endings=endings())
        await opened.enter_async_context(runner)
        monitoring = await _monitoring(settings, database, opened_stores, metrics, opened)
        token = local_token(settings)
        provider = await _provider(settings, database, coordination, token, opened)
        tokens = ApiTokens(database, clock=system_clock)
        yield Keyshelf(
            settings=settings,
            secret=secret,
            local_token=token,
            database=database,
            coordination=coordination,
            metrics=metrics,
            stores=stores,
            local_stores=opened_stores.local,
            queue=queue,
            jobs=jobs,
            runner=runner,
            drive=drive,
            repositories=repositories,
            media=media,
            pictures=pictures,
            playback=playback,
            provider=provider,
            authenticator=Authenticator(provider, tokens),
            tokens=tokens,
            idempotency=IdempotencyKeys(database, clock=system_clock),
            monitoring=monitoring,
            readiness=_readiness(database, coordination, stores),
        )


async def _database(settings: Settings, opened: AsyncExitStack) -> Database:
    database = await opened.enter_async_context(open_database(settings))
    await compare(settings, database)
    return database


async def _monitoring(
    settings: Settings,
    database: Database,
    stores: OpenStores,
    metrics: Metrics,
    opened: AsyncExitStack,
) -> ServiceMetrics:
    counters = Counters(database, stores.observed, store_regions(settings))
    await opened.enter_async_context(keeping(counters))
    return ServiceMetrics(
        metrics.registry,
        database,
        counters,
        stats_parts(settings, database, stores.by_role["repository"]),
        namespace=namespace(settings.required("KEYSHELF_METADATA_NAMESPACE")),
        backups=stores.by_role[settings.required("KEYSHELF_BACKUP_STORE")],
        replicas=tuple(replica_options(settings)),
    )


async def _pictures(
    settings: Settings,
    media: Media,
    source: ObservedStore,
    metrics: Metrics,
    opened: AsyncExitStack,
) -> Pictures:
    pictures = await opened.enter_async_context(
        open_pictures(picture_parts(settings, media), PictureMetrics(metrics.registry))
    )
    source.watch(pictures.touch)
    return pictures


def _readiness(
    database: Database, coordination: Coordination, stores: Mapping[str, ObjectStore]
) -> ReadinessCheck:
    async def ask_database() -> None:
        async with database.read() as tx:
            await tx.value("SELECT 1")

    asked = {role: store.check for role, store in stores.items()}
    return ReadinessCheck({"database": ask_database, "redis": coordination.check, **asked})


async def _provider(
    settings: Settings,
    database: Database,
    coordination: Coordination,
    token: str | None,
    opened: AsyncExitStack,
) -> LocalProvider | KratosProvider:
    if token is not None:
        return LocalProvider(
            database,
            LocalOptions(token=token, identity_id=settings.required("KEYSHELF_LOCAL_IDENTITY")),
            clock=system_clock,
            attempts=SignInAttempts(coordination.limiter),
        )
    url = settings.required("KEYSHELF_KRATOS_URL")
    admins = settings.text("KEYSHELF_ADMINS") or ""
    options = KratosOptions(
        url=url,
        login_url=settings.text("KEYSHELF_KRATOS_LOGIN_URL") or f"{url}/self-service/login/browser",
        admin_ids=frozenset(each.strip() for each in admins.split(",") if each.strip()),
    )
    return await opened.enter_async_context(KratosProvider(options, cache=coordination.cache))
