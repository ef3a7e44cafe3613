"""The routes by which an administrator checks, plans restores, and brings objects in."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keyshelf.client.connection import Connection
from keyshelf.client.values import Job, StartedJob
from keyshelf.client.wire import JSON, decode

_ROOT = "/api/operations"
_PAGE = 500
DAYS = 7
"""How long S3 keeps restored copies, unless told."""


@dataclass(frozen=True, slots=True)
class CheckNumbers:
    """What a check of a repository counted."""

    job: UUID
    at: datetime
    commits: int
    chunks: int
    chunks_read: int
    bytes_read: int
    damaged: int
    hurt_files: int
    hurt_commits: int
    is_cut_short: bool
    need_restore: int


@dataclass(frozen=True, slots=True)
class CheckedRepository:
    """A repository, whoever's it is, and what its newest check found that came to its end."""

    id: UUID
    name: str
    owner: str
    is_readable: bool
    job: Job | None
    found: CheckNumbers | None


@dataclass(frozen=True, slots=True)
class ChecksStarted:
    """Checks that were asked for, and how many repositories the service cannot open."""

    jobs: tuple[UUID, ...]
    locked: int


@dataclass(frozen=True, slots=True)
class RestoreChoice:
    """One way to restore what a plan has."""

    tier: str
    seconds: tuple[float, ...]
    """How long it takes, at least and at most."""
    cost: float | None
    """None where the price book has no price for it."""


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What a version needs restored before it can be read."""

    objects: int
    bytes: int
    asked: int
    restored: int
    looked_at: int
    is_partial: bool
    days: int
    currency: str
    choices: tuple[RestoreChoice, ...]
    files_count: int
    files: tuple[str, ...]


class OperationsRoutes:
    """What an administrator can have done, in the words of the service's API."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def checks(self) -> AsyncGenerator[CheckedRepository]:
        """Give everybody's repositories by name, each as it was last found."""
        cursor: str | None = None
        while True:
            query = {"limit": str(_PAGE), **({"cursor": cursor} if cursor else {})}
            answer = await self._connection.request("GET", f"{_ROOT}/checks", params=query)
            page = decode(_CheckPage, answer.body)
            for each in page.items:
                yield each
            cursor = page.next_cursor
            if cursor is None:
                return

    async def start_checks(
        self,
        repository: UUID | None = None,
        *,
        read_data: bool = False,
        sample: float | None = None,
    ) -> ChecksStarted:
        """Have a repository checked, or all that the service can open, each by a job."""
        body: dict[str, JSON] = {
            "repository": str(repository) if repository else None,
            "read_data": read_data,
            "sample": sample,
        }
        answer = await self._connection.request("POST", f"{_ROOT}/checks", body=body)
        return decode(ChecksStarted, answer.body)

    async def restore_plan(
        self, repository: UUID, ref: str, paths: Sequence[str] = (), *, days: int = DAYS
    ) -> RestorePlan:
        """Return what a version, or some paths of it, needs restored; changes nothing."""
        query: dict[str, str | Sequence[str]] = {
            "repository": str(repository),
            "ref": ref,
            "path": list(paths),
            "days": str(days),
        }
        answer = await self._connection.request("GET", f"{_ROOT}/restores/plan", params=query)
        return decode(RestorePlan, answer.body)

    async def start_restore(
        self,
        repository: UUID,
        ref: str,
        paths: Sequence[str] = (),
        *,
        tier: str = "standard",
        days: int = DAYS,
    ) -> Job:
        """Have a version, or some paths of it, restored, which costs; asked twice it is once."""
        body: dict[str, JSON] = {
            "repository": str(repository),
            "ref": ref,
            "paths": list(paths),
            "tier": tier,
            "days": days,
            "dry_run": False,
        }
        answer = await self._connection.request("POST", f"{_ROOT}/restores", body=body)
        return decode(StartedJob, answer.body).job

    async def start_backfill(self, *, prefix: str = "", dry_run: bool = True) -> Job:
        """Have objects counted, or registered, that the drive does not know.

        The job's result is a `BackfillReport`.
        """
        body: dict[str, JSON] = {"prefix": prefix, "dry_run": dry_run}
        answer = await self._connection.request("POST", f"{_ROOT}/backfill", body=body)
        return decode(StartedJob, answer.body).job


@dataclass(frozen=True, slots=True)
class _CheckPage:
    items: tuple[CheckedRepository, ...]
    next_cursor: str | None
