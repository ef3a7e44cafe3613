"""Repositories on this machine's own stores and database.

Imported where it is needed only: the drivers of databases and
stores take longer to load than most commands take to run.
"""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from keyshelf.app.drive import open_drive
from keyshelf.app.repositories import open_repositories
from keyshelf.drive.backfill.service import BackfillResult, OnProgress, backfill
from keyshelf.layout.drive import owner_id
from keyshelf.repositories.check.forgetting import forget_damaged
from keyshelf.repositories.direct.host import DirectHost
from keyshelf.repositories.gc.service import collect
from keyshelf.repositories.rebuild.service import rebuild
from keyshelf.repositories.unknown import unknown
from keyshelf.settings import Settings
from keyshelf.telemetry import LogOptions, configure_logging

__all__ = ["collect", "forget_damaged", "opened", "rebuild", "rebuild_drives", "unknown"]


def _log_to_people() -> None:
    # Whoever runs this in a program of their own has said where its lines go.
    if not logging.getLogger().handlers:
        configure_logging(LogOptions(level="warning", format="pretty"))


@asynccontextmanager
async def opened(given: Settings) -> AsyncGenerator[DirectHost]:
    """Open the repositories of this machine, as the identity that the settings name."""
    _log_to_people()
    async with open_repositories(given) as parts:
        yield DirectHost(parts, owner_id(given.required("KEYSHELF_LOCAL_IDENTITY")))


async def rebuild_drives(
    given: Settings, *, dry_run: bool, on_progress: OnProgress
) -> BackfillResult:
    """Make rows for all objects of this machine's source store; see `backfill`."""
    _log_to_people()
    async with open_drive(given) as parts:
        return await backfill(
            parts,
            asked_by=given.required("KEYSHELF_LOCAL_IDENTITY"),
            dry_run=dry_run,
            on_progress=on_progress,
        )
