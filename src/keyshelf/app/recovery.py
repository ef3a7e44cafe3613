"""Recovering from the versions of the stores' buckets, on the machine of the stores."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from keyshelf.app.drive import open_drive
from keyshelf.app.repositories import open_repositories
from keyshelf.app.stores import store_options
from keyshelf.layout.drive import MARKER_TRIAL, owner_id
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.probes import PROBE_PREFIX
from keyshelf.layout.repository import RepositoryId
from keyshelf.operations.versions.service import OnProgress, Wanted, recover, recover_keys
from keyshelf.operations.versions.values import Recovered
from keyshelf.repositories import managing
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.unlocking import Unlocking
from keyshelf.repositories.values import RepositoryNotFoundError
from keyshelf.settings import Settings
from keyshelf.store.opening import open_versions
from keyshelf.store.versions import VersionedStore
from keyshelf.workflows.judge_objects import RepositoryJudge
from keyshelf.workflows.recover_drive import RecoveredDrive, recover_drive
from keyshelf.workflows.recover_repository import (
    RecoveredRepository,
    find_repository,
    recover_repository,
)

__all__ = [
    "RecoveredDrive",
    "RecoveredRepository",
    "drive",
    "keys",
    "objects",
    "repository",
    "repository_id",
]

_NO_SECRET = b""
"""A store on this machine signs with one; versions are of clouds."""


@asynccontextmanager
async def _versions(settings: Settings, role: str) -> AsyncGenerator[VersionedStore]:
    versions = open_versions(store_options(settings, role, _NO_SECRET))
    try:
        yield versions
    finally:
        await versions.aclose()


async def objects(
    settings: Settings,
    role: str,
    wanted: Wanted,
    *,
    dry_run: bool,
    on_progress: OnProgress,
) -> Recovered:
    """Recover objects of one store; see `operations.versions.service.recover`.

    What Keyshelf wrote only to try the store out is left out.
    """
    wanted = replace(wanted, role=role, keeps=is_no_trial)
    async with _versions(settings, role) as versions:
        return await recover(versions, wanted, dry_run=dry_run, on_progress=on_progress)


async def keys(
    settings: Settings, wanted: Sequence[ObjectKey], *, unlocking: Unlocking, dry_run: bool
) -> Recovered:
    """Recover deleted and damaged objects of the repository store; see `recover_keys`."""
    async with _versions(settings, "repository") as versions:
        judge = RepositoryJudge(versions, unlocking)
        return await recover_keys(versions, wanted, judge=judge, dry_run=dry_run)


async def drive(
    settings: Settings,
    prefix: str,
    *,
    at: datetime | None,
    dry_run: bool,
    on_progress: OnProgress,
) -> RecoveredDrive:
    """Recover files; see `recover_drive`."""
    async with _versions(settings, "source") as versions, open_drive(settings) as parts:
        return await recover_drive(
            parts,
            versions,
            prefix,
            at=at,
            asked_by=settings.required("KEYSHELF_LOCAL_IDENTITY"),
            dry_run=dry_run,
            on_progress=on_progress,
        )


async def repository(
    settings: Settings,
    name: str,
    *,
    at: datetime,
    unlocking: Unlocking,
    dry_run: bool,
    on_progress: OnProgress,
) -> RecoveredRepository:
    """Recover a repository by its name or id; see `recover_repository`."""
    async with (
        _versions(settings, "repository") as versions,
        open_repositories(settings) as parts,
    ):
        return await recover_repository(
            parts.of_primary,
            versions,
            await _found(settings, parts, versions, name),
            at=at,
            unlocking=unlocking,
            dry_run=dry_run,
            on_progress=on_progress,
        )


async def repository_id(settings: Settings, name: str) -> RepositoryId:
    """Return the id of a repository, also of one that only the bucket remembers."""
    async with (
        _versions(settings, "repository") as versions,
        open_repositories(settings) as parts,
    ):
        return await _found(settings, parts, versions, name)


async def _found(
    settings: Settings, parts: RepositoryParts, versions: VersionedStore, name: str
) -> RepositoryId:
    owner = owner_id(settings.required("KEYSHELF_LOCAL_IDENTITY"))
    try:
        return (await managing.find(parts, name, [owner])).id
    except RepositoryNotFoundError:
        try:
            return RepositoryId(UUID(name))
        except ValueError:
            return await find_repository(versions, name)


def is_no_trial(key: ObjectKey) -> bool:
    """Say whether a key is anything but what Keyshelf tries a store with."""
    return not key.startswith((PROBE_PREFIX, MARKER_TRIAL.rstrip("/")))
