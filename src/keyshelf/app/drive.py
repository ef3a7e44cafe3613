"""The drive alone, without the rest of a service: what the command line works on."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from keyshelf.app.database import open_database
from keyshelf.app.kept_secrets import signing_secret
from keyshelf.app.media import endings
from keyshelf.app.stores import open_role
from keyshelf.drive.parts import DriveParts
from keyshelf.drive.values import DriveOptions, Inspect
from keyshelf.jobs.opening import choose_queue
from keyshelf.jobs.service import Jobs
from keyshelf.settings import Settings
from keyshelf.telemetry import Metrics


@asynccontextmanager
async def open_drive(settings: Settings) -> AsyncGenerator[DriveParts]:
    """Open the database, the queue and the source store; a service may run beside."""
    async with AsyncExitStack() as opened:
        secret = signing_secret(settings)
        database = await opened.enter_async_context(open_database(settings))
        queue = await opened.enter_async_context(
            choose_queue(database, redis_url=settings.text("REDIS_URL"))
        )
        store = await open_role(settings, "source", secret, Metrics(), opened)
        yield DriveParts(
            database=database,
            store=store,
            jobs=Jobs(queue, endings=endings()),
            options=drive_options(settings),
        )


def drive_options(settings: Settings) -> DriveOptions:
    """Return how the drive behaves, as set."""
    return DriveOptions(
        trash_kept=timedelta(days=settings.number("KEYSHELF_TRASH_DAYS")),
        upload_kept=timedelta(hours=settings.number("KEYSHELF_UPLOAD_HOURS")),
        url_expiry=timedelta(seconds=settings.number("KEYSHELF_URL_SECONDS")),
        inspect=Inspect(settings.required("KEYSHELF_INSPECT")),
    )
