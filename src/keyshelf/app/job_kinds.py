"""All kinds of jobs that a service runs."""

from collections.abc import Mapping

from keyshelf.app.inspection import inspect_parts
from keyshelf.app.media import Media
from keyshelf.app.reconciling import ledgers
from keyshelf.app.replicas import replica_parts
from keyshelf.app.restoring import restoring
from keyshelf.drive import handlers as drive_handlers
from keyshelf.drive.parts import DriveParts
from keyshelf.jobs.registry import Registry
from keyshelf.operations.reconcile.service import ReconcileParts
from keyshelf.operations.replicas import work as replicas
from keyshelf.repositories import handlers as repository_handlers
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.settings import Settings
from keyshelf.store.base import ObjectStore
from keyshelf.workflows import inspect_file, reconcile_jobs, restore_jobs


def job_kinds(
    settings: Settings,
    drive: DriveParts,
    repositories: RepositoryParts,
    media: Media,
    stores: Mapping[str, ObjectStore],
) -> Registry:
    """Return how each kind of job is run."""
    reconciling = ReconcileParts(drive.database), ledgers(drive, repositories, stores)
    return Registry(
        [
            *drive_handlers.registrations(drive),
            *repository_handlers.registrations(repositories),
            *media.registrations(),
            inspect_file.registration(inspect_parts(settings, drive, media)),
            reconcile_jobs.registration(*reconciling),
            replicas.registration(replica_parts(settings, drive.database)),
            restore_jobs.registration(restoring(settings, repositories)),
        ]
    )
