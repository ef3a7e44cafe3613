"""What works for a service in the background."""

from datetime import timedelta

from keyshelf.access import expiry
from keyshelf.app import backups
from keyshelf.app.costs import stats_parts
from keyshelf.app.inspection import derive_options
from keyshelf.app.media import endings
from keyshelf.app.replicas import replica_parts
from keyshelf.app.service import Keyshelf
from keyshelf.drive import upkeep as drive
from keyshelf.jobs.periodic import PeriodicTask
from keyshelf.jobs.sweeper import Sweeper
from keyshelf.jobs.worker import Worker, WorkerOptions
from keyshelf.media.pictures import upkeep as pictures
from keyshelf.media.streams.upkeep import sweep_encodes
from keyshelf.media.work import upkeep as media_work
from keyshelf.operations.replicas import work as replicas
from keyshelf.operations.stats import service as stats
from keyshelf.repositories import upkeep as repositories
from keyshelf.workflows.release_media import release_media
from keyshelf.workflows.remove_media import finish_removals


def make_worker(service: Keyshelf) -> Worker:
    """Return a worker for an open service."""
    settings = service.settings
    return Worker(
        service.database,
        service.queue,
        service.runner,
        Sweeper(service.database, service.queue, service.metrics, endings=endings()),
        periodic=[*_periodic(service)],
        options=WorkerOptions(
            concurrency={
                "small": settings.number("KEYSHELF_SMALL_JOBS"),
                "reading": settings.number("KEYSHELF_READING_JOBS"),
                "large": settings.number("KEYSHELF_LARGE_JOBS"),
            }
        ),
    )


def _periodic(service: Keyshelf) -> list[PeriodicTask]:
    async def sweep_access() -> None:
        async with service.database.transaction() as tx:
            await expiry.sweep(tx, now=service.drive.clock())

    async def release() -> None:
        await release_media(service.drive, service.media.work, derive_options(service.settings))

    async def finish() -> None:
        await finish_removals(service.media.work)

    async def sweep_streams() -> None:
        await sweep_encodes(service.media.streams)

    counted = stats_parts(service.settings, service.database, service.stores["repository"])
    return [
        PeriodicTask("access-expiry", timedelta(hours=1), sweep_access),
        PeriodicTask("media-removals", timedelta(minutes=1), finish),
        PeriodicTask("media-release", timedelta(minutes=1), release),
        PeriodicTask("media-encodes", timedelta(hours=1), sweep_streams),
        *drive.upkeep(service.drive),
        *repositories.upkeep(service.repositories),
        *media_work.upkeep(service.media.work),
        *pictures.upkeep(service.pictures),
        *stats.upkeep(counted),
        *replicas.upkeep(
            replica_parts(service.settings, service.database),
            interval=timedelta(hours=service.settings.number("KEYSHELF_REPLICA_STATUS_HOURS")),
        ),
        *backups.upkeep(service.settings, service.stores, service.database.url),
    ]
