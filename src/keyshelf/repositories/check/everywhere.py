"""Checks of everybody's repositories: how each was found last, and having them checked again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from keyshelf.errors import NotFoundError
from keyshelf.jobs.service import Jobs
from keyshelf.jobs.values import Job, JobState
from keyshelf.layout.drive import OwnerId
from keyshelf.repositories import managing
from keyshelf.repositories.catalog.values import Filled, RepositoryRecord
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.publishing import summaries
from keyshelf.repositories.scheduling import CHECK, schedule_check
from keyshelf.repositories.serving import is_readable, readable_with

_AT_ONCE = 200
_START = ("", 0)


class NotCheckedError(NotFoundError):
    """No check of the repository came to its end within the last days. Ask for one."""

    code = "repository-not-checked"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a repository is read: its folders and lists always are."""

    read_data: bool = False
    """Every byte of its files too."""
    sample: float | None = None
    """A part of them, between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for checks, and whose repositories they may read."""

    id: str
    may_read: Sequence[OwnerId]


@dataclass(frozen=True, slots=True)
class Standing:
    """A repository, and what is known of its soundness."""

    record: RepositoryRecord
    filled: Filled
    is_readable: bool
    """Whether this service has what it takes to check it."""
    default_branch: str | None
    newest: Job | None
    """The newest check that was asked for; None when it is none of the last days."""
    found: Job | None
    """The newest that came to its end."""


@dataclass(frozen=True, slots=True)
class Started:
    """Checks that were asked for."""

    jobs: Sequence[Job]
    locked: int
    """How many repositories are left out, since only their users can open them."""


async def standings(
    parts: RepositoryParts, jobs: Jobs, *, after: tuple[str, int] = _START, limit: int
) -> Sequence[Standing]:
    """Return some repositories, whoever's they are, by name after a place."""
    found = await managing.everybodys(parts, after=after, limit=limit)
    ids = [str(record.id) for record, _ in found]
    refs = await summaries(parts, [record for record, _ in found])
    async with parts.database.read() as tx:
        newest = await jobs.newest_of_repositories(tx, CHECK, ids)
        ended = await jobs.newest_of_repositories(tx, CHECK, ids, state=JobState.SUCCEEDED)
    return [
        Standing(
            record,
            filled,
            is_readable(parts, record),
            refs[record.number].default_branch,
            newest.get(str(record.id)),
            ended.get(str(record.id)),
        )
        for record, filled in found
    ]


async def newest_ended(parts: RepositoryParts, jobs: Jobs, record: RepositoryRecord) -> Job:
    """Return the newest check of a repository that came to its end. Raises `NotCheckedError`."""
    key = str(record.id)
    async with parts.database.read() as tx:
        ended = await jobs.newest_of_repositories(tx, CHECK, [key], state=JobState.SUCCEEDED)
    if key not in ended:
        raise NotCheckedError(f"{record.name} was not checked within the last days")
    return ended[key]


async def start_one(
    parts: RepositoryParts, jobs: Jobs, repository: UUID, extent: Extent, asker: Asker
) -> Started:
    """Have one repository checked; its files are named only to who may read it.

    Raises `RepositoryNotFoundError` and `RepositoryLockedError`.
    """
    record = await managing.get_anybodys(parts, repository)
    readable_with(parts, record)
    return Started([await _start(parts, jobs, record, extent, asker)], locked=0)


async def start_all(parts: RepositoryParts, jobs: Jobs, extent: Extent, asker: Asker) -> Started:
    """Have all repositories checked that can be, each by a job of its own.

    Asking again meanwhile gives the same jobs.
    """
    started: list[Job] = []
    locked, after = 0, _START
    while some := await managing.everybodys(parts, after=after, limit=_AT_ONCE):
        for record, _ in some:
            if is_readable(parts, record):
                started.append(await _start(parts, jobs, record, extent, asker))
            else:
                locked += 1
        last = some[-1][0]
        after = (last.name, last.number)
    return Started(started, locked)


async def _start(
    parts: RepositoryParts, jobs: Jobs, record: RepositoryRecord, extent: Extent, asker: Asker
) -> Job:
    async with parts.database.transaction() as tx:
        return await schedule_check(
            tx,
            jobs,
            record.id,
            read_data=extent.read_data,
            sample=extent.sample,
            asked_by=asker.id,
            names=record.owner in asker.may_read,
        )
