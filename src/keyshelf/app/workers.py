"""What works for a service in the background."""

from datetime import timedelta

from keyshelf.access import expiry
from keyshelf.app.service import Keyshelf
from keyshelf.drive import upkeep as drive
from keyshelf.jobs.sweeper import Sweeper
from keyshelf.jobs.worker import PeriodicTask, Worker, WorkerOptions
from keyshelf.repositories import upkeep as repositories


def make_worker(service: Keyshelf) -> Worker:
    """Return a worker for an open service."""
    settings = service.settings
    return Worker(
        service.database,
        service.queue,
        service.runner,
        Sweeper(service.database, service.queue, service.metrics),
        periodic=[*_periodic(service)],
        options=WorkerOptions(
            concurrency={
                "small": settings.number("KEYSHELF_SMALL_JOBS"),
                "large": settings.number("KEYSHELF_LARGE_JOBS"),
            }
        ),
    )


def _periodic(service: Keyshelf) -> list[PeriodicTask]:
    async def sweep_access() -> None:
        async with service.database.transaction() as tx:
            await expiry.sweep(tx, now=service.drive.clock())

    tasks = [*drive.upkeep(service.drive), *repositories.upkeep(service.repositories)]
    return [
        PeriodicTask("access-expiry", timedelta(hours=1), sweep_access),
        *(PeriodicTask(task.name, task.interval, task.run) for task in tasks),
    ]
