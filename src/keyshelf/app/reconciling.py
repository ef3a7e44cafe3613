"""Comparing the stores with the database, on the machine of the stores."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from keyshelf.app.database import open_database
from keyshelf.app.drive import open_drive
from keyshelf.app.kept_secrets import signing_secret
from keyshelf.app.repositories import open_repositories
from keyshelf.app.stores import open_role
from keyshelf.database.pool import Database
from keyshelf.drive.parts import DriveParts
from keyshelf.operations.reconcile.service import OnProgress, ReconcileParts, reconcile
from keyshelf.operations.reconcile.values import Ledger, Report
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.unlocking import Unlocking
from keyshelf.settings import Settings
from keyshelf.store.base import ObjectStore
from keyshelf.telemetry import Metrics
from keyshelf.workflows.reconcile_jobs import Ledgers
from keyshelf.workflows.reconcile_store import (
    MEDIA,
    REPOSITORY,
    SOURCE,
    drive_ledger,
    media_ledger,
    repository_ledger,
)


def ledgers(
    drive: DriveParts, repositories: RepositoryParts, stores: Mapping[str, ObjectStore]
) -> Ledgers:
    """Return the ledgers of an open service."""
    return {
        SOURCE: lambda asked_by: drive_ledger(drive, asked_by=asked_by),
        MEDIA: lambda _: media_ledger(drive.database, stores[MEDIA]),
        REPOSITORY: lambda _: repository_ledger(repositories),
    }


async def compare(
    settings: Settings,
    role: str,
    *,
    repair: bool,
    unlocking: Unlocking,
    on_progress: OnProgress,
) -> Report:
    """Compare a store of this machine with its database; see `reconcile`."""
    async with _opened(settings, role, unlocking) as (database, ledger):
        return await reconcile(
            ReconcileParts(database), ledger, repair=repair, on_progress=on_progress
        )


@asynccontextmanager
async def _opened(
    settings: Settings, role: str, unlocking: Unlocking
) -> AsyncGenerator[tuple[Database, Ledger]]:
    if role == SOURCE:
        async with open_drive(settings) as drive:
            asked_by = settings.required("KEYSHELF_LOCAL_IDENTITY")
            yield drive.database, drive_ledger(drive, asked_by=asked_by)
    elif role == REPOSITORY:
        async with open_repositories(settings) as repositories:
            opener = None if unlocking.is_empty else unlocking
            yield repositories.database, repository_ledger(repositories, unlocking=opener)
    else:
        async with (
            AsyncExitStack() as opened,
            open_database(settings) as database,
        ):
            store = await open_role(settings, role, signing_secret(settings), Metrics(), opened)
            yield database, media_ledger(database, store)
