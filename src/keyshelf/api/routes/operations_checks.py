"""Whether everybody's repositories are sound. For administrators.

They are told numbers. The files of a repository are named only to who may read it.
"""

from uuid import UUID

from fastapi import APIRouter

from keyshelf.access.identity import Identity, Scope
from keyshelf.access.permissions import visible_owners
from keyshelf.api.caller import Administrator, Service
from keyshelf.api.cursors import decode, encode
from keyshelf.api.once import OnceRoute
from keyshelf.api.operations_checks_schemas import (
    CheckFindingsOut,
    ChecksStartedOut,
    RepositoryCheckOut,
    RepositoryChecksOut,
    StartChecksIn,
)
from keyshelf.api.routes import jobs
from keyshelf.api.routes.paging import PageWanted
from keyshelf.repositories import managing
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check import everywhere
from keyshelf.repositories.check.everywhere import Asker

router = APIRouter(prefix="/api/operations/checks", tags=["operations"], route_class=OnceRoute)


@router.get("")
async def list_repository_checks(
    service: Service, caller: Administrator, paging: PageWanted
) -> RepositoryChecksOut:
    """Return everybody's repositories by name, each with its newest check and what one found."""
    after = decode(paging.cursor, tuple[str, int]) if paging.cursor else ("", 0)
    found = await everywhere.standings(
        service.repositories, service.jobs, after=after, limit=paging.limit + 1
    )
    page = found[: paging.limit]
    last = page[-1].record if len(found) > paging.limit else None
    return RepositoryChecksOut(
        items=[
            RepositoryCheckOut.of(
                each,
                jobs.shown(caller, each.newest) if each.newest else None,
                names=may_name(caller, each.record),
            )
            for each in page
        ],
        next_cursor=encode((last.name, last.number)) if last else None,
    )


@router.get("/{repository_id}")
async def show_repository_check(
    service: Service, caller: Administrator, repository_id: UUID
) -> CheckFindingsOut:
    """Return what the newest check of a repository found that came to its end."""
    record = await managing.get_anybodys(service.repositories, repository_id)
    job = await everywhere.newest_ended(service.repositories, service.jobs, record)
    return CheckFindingsOut.of(job, names=may_name(caller, record))


@router.post("", status_code=202)
async def start_repository_checks(
    service: Service, caller: Administrator, body: StartChecksIn
) -> ChecksStartedOut:
    """Start looking for damage in a repository, or in all; each is a job of its own.

    Nothing is changed. `read_data` verifies every byte, `sample` a part of them. Asking again
    meanwhile gives the same jobs.
    """
    may_read = visible_owners(caller) if caller.holds(Scope.REPOSITORY_READ) else ()
    asker, extent = Asker(caller.id, may_read), body.extent()
    parts = service.repositories
    if body.repository is None:
        started = await everywhere.start_all(parts, service.jobs, extent, asker)
    else:
        started = await everywhere.start_one(parts, service.jobs, body.repository, extent, asker)
    return ChecksStartedOut.of(started)


def may_name(caller: Identity, record: RepositoryRecord) -> bool:
    """Whether a caller may be told what is called what in a repository."""
    return record.owner in visible_owners(caller) and caller.holds(Scope.REPOSITORY_READ)
