"""Backups of the database, on the machine of the stores."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

from keyshelf.app.database import database_place, open_database, open_database_as_it_is
from keyshelf.app.kept_secrets import signing_secret
from keyshelf.app.stores import StoreOpener, replica_options
from keyshelf.clock import system_clock
from keyshelf.database.dumping import dumped, load
from keyshelf.jobs.periodic import PeriodicTask
from keyshelf.operations.backups import service
from keyshelf.operations.backups.service import Backup
from keyshelf.repositories.deleting.service import forget_plans
from keyshelf.settings import Settings
from keyshelf.settings.values import ROLES
from keyshelf.store.base import ObjectStore
from keyshelf.telemetry import Metrics


async def create(settings: Settings, role: str | None = None) -> Backup:
    """Write a backup of the database to a store; see `operations.backups.service.create`."""
    async with _store(settings, role) as store, database_place(settings) as url:
        return await service.create(store, partial(dumped, url), clock=system_clock)


async def find_all(settings: Settings, role: str | None = None) -> Sequence[Backup]:
    """Return all backups in a store, or in a replica by its id, the newest first."""
    async with _store(settings, role) as store:
        return await service.find_all(store)


async def restore(
    settings: Settings, name: str, role: str | None = None, *, replace: bool = False
) -> Backup:
    """Make the database what a backup tells, and bring its schema up to date.

    The backup is in a store, or in a replica by its id: its region may be all that is left.
    What repositories were about to delete then is forgotten, as later commits may need it: the
    next collections find it again, and a comparison with the store what a push left behind.

    All of the backup is loaded or nothing; restore again after a crash. Raises
    `DatabaseInUseError` for a database that is not empty unless it is to be replaced,
    `DatabaseConnectedError` while a service, a worker or a command is connected to it,
    `UnknownMigrationError` for a backup of a newer Keyshelf, `BackupNotFoundError`,
    `DamagedBackupError`, and `DatabaseProgramError` when others work in the database.
    """
    async with _store(settings, role) as store:
        backup = await service.find(store, name)
        await service.require_known_schema(store, backup)
        async with open_database_as_it_is(settings) as database:
            await service.require_unused(database)
            if not replace:
                await service.require_empty(database)
        async with database_place(settings) as url:
            await load(url, service.read(store, backup), replace=True)
    # A crash before this leaves the plans of the backup: whoever restores does so again.
    async with open_database(settings) as database:
        await forget_plans(database)
    return backup


def upkeep(
    settings: Settings, stores: Mapping[str, ObjectStore], url: str
) -> Sequence[PeriodicTask]:
    """Return the task that makes backups, when that is set."""
    if settings.text("KEYSHELF_BACKUP_HOURS") is None:
        return []
    store = stores[settings.required("KEYSHELF_BACKUP_STORE")]
    kept = timedelta(days=settings.number("KEYSHELF_BACKUP_DAYS"))

    async def back_up() -> None:
        await service.create(store, partial(dumped, url), clock=system_clock)
        await service.prune(store, kept=kept, clock=system_clock)

    hours = timedelta(hours=settings.number("KEYSHELF_BACKUP_HOURS"))
    return [PeriodicTask("database-backup", hours, back_up)]


def _store(settings: Settings, role: str | None) -> AbstractAsyncContextManager[ObjectStore]:
    return _opened(settings, role or settings.required("KEYSHELF_BACKUP_STORE"))


@asynccontextmanager
async def _opened(settings: Settings, role: str) -> AsyncGenerator[ObjectStore]:
    async with AsyncExitStack() as opened:
        opener = StoreOpener(settings, signing_secret(settings), Metrics().registry, opened)
        if role in ROLES:
            yield await opener.open_alone(role)
        else:
            yield await opener.open_replica(role, replica_options(settings)[role])
