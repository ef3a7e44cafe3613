"""How the whole service is, at a glance: what answers, what waits, what is safe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from keyshelf.app.readiness import Readiness
from keyshelf.app.service import Keyshelf
from keyshelf.errors import Error
from keyshelf.jobs.values import Backlog, Job, JobState
from keyshelf.operations.backups import service as backups
from keyshelf.operations.backups.service import Backup
from keyshelf.operations.monitoring.values import Kept
from keyshelf.operations.reconcile.service import ReconcileParts, find_all
from keyshelf.operations.reconcile.values import Report
from keyshelf.repositories.scheduling import CHECK

LATELY = timedelta(days=1)
_REDIS = "redis"
_CHECKS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The newest backup of the database."""

    store: str
    """Where backups go."""
    hours: int | None
    """How often one is made; None when none is made by itself."""
    backup: Backup | None = None
    problem: str | None = None
    """Why it is not known."""


@dataclass(frozen=True, slots=True)
class Overview:
    """How the whole service is."""

    readiness: Readiness
    backlog: Sequence[Backlog]
    failed: int
    """Jobs that failed for good within `LATELY`."""
    kept: Kept
    backup: LastBackup
    checks: Sequence[Job]
    """The last check of each repository that came to its end, of those checked lately."""
    reconciled: Mapping[str, Report]
    """The last reconciliation of each store that came to its end."""


async def overview(service: Keyshelf) -> Overview:
    """Return how the service is. Raises what the database raises."""
    async with service.database.read() as tx:
        backlog = await service.jobs.backlog(tx)
        failed = await service.jobs.failed(tx, within=LATELY)
        checks = await service.jobs.list(
            tx, kind=CHECK.name, state=JobState.SUCCEEDED, limit=_CHECKS_LOOKED_AT
        )
    reports = await find_all(ReconcileParts(service.database))
    return Overview(
        readiness=await _readiness(service),
        backlog=backlog,
        failed=failed,
        kept=await service.monitoring.kept(),
        backup=await _last_backup(service),
        # The newest come first, and the last one put under a key stays.
        checks=[*{each.payload["repository"]: each for each in reversed(checks)}.values()],
        reconciled={each.store: each for each in reversed(reports) if each.finished_at},
    )


async def _readiness(service: Keyshelf) -> Readiness:
    """Return how the parts are that this service has: of Redis nothing is told without one."""
    found = await service.readiness()
    if service.coordination.redis is not None:
        return found
    return Readiness({name: said for name, said in found.checks.items() if name != _REDIS})


async def _last_backup(service: Keyshelf) -> LastBackup:
    store = service.settings.required("KEYSHELF_BACKUP_STORE")
    is_made = service.settings.text("KEYSHELF_BACKUP_HOURS") is not None
    hours = service.settings.number("KEYSHELF_BACKUP_HOURS") if is_made else None
    try:
        found = await backups.find_all(service.stores[store])
    except Error as error:
        # A store that is away is one of the things that an overview has to tell.
        return LastBackup(store, hours, problem=error.detail)
    return LastBackup(store, hours, next(iter(found), None))
