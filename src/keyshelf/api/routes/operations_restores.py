"""Chunks in classes that must be restored: what a version needs of them, and asking for it.

For administrators. They are told numbers; the files of a repository are named only to who
may read it.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import anyio
from fastapi import APIRouter, Query

from keyshelf.access.identity import Identity
from keyshelf.api.caller import Administrator, Service
from keyshelf.api.once import OnceRoute
from keyshelf.api.operations_restores_schemas import (
    MOST_PATHS,
    PathText,
    RestoreIn,
    RestoreOut,
    RestorePlanOut,
    RestoresOut,
)
from keyshelf.api.routes import jobs
from keyshelf.api.routes.operations_checks import may_name
from keyshelf.api.schemas import JobAnswer
from keyshelf.app.restoring import restoring
from keyshelf.app.service import Keyshelf
from keyshelf.errors import LimitError
from keyshelf.repositories import managing
from keyshelf.repositories.values import RepositoryNotFoundError
from keyshelf.workflows.restore_chunks import DAYS
from keyshelf.workflows.restore_jobs import RESTORE, RestoreWish, schedule_restore, wish_of
from keyshelf.workflows.restore_shown import document

router = APIRouter(prefix="/api/operations/restores", tags=["operations"], route_class=OnceRoute)

MOST_SECONDS = 45.0
"""How long a plan is made for one request."""
_LISTED = 100
_SHOWN = 20


class PlanTakesLongError(LimitError):
    """Planning takes longer than a request may. Ask for some paths, or start a dry run."""

    code = "restore-plan-takes-long"


@router.get("")
async def list_restores(service: Service, caller: Administrator) -> RestoresOut:
    """Return the newest restores that were asked for, without the plans."""
    async with service.database.read() as tx:
        found = await service.jobs.list(tx, kind=RESTORE.name, limit=_LISTED)
    asked = [(job, wish) for job in found if not (wish := wish_of(job)).dry_run]
    return RestoresOut(
        items=[
            RestoreOut.of(
                jobs.shown(caller, job), wish, names=await _may_name(service, caller, wish)
            )
            for job, wish in asked[:_SHOWN]
        ]
    )


@router.get("/plan")
async def show_restore_plan(
    service: Service,
    caller: Administrator,
    repository: UUID,
    ref: Annotated[str, Query(min_length=1, max_length=300)],
    path: Annotated[list[PathText] | None, Query(max_length=MOST_PATHS)] = None,
    days: Annotated[int, Query(ge=1, le=365)] = DAYS,
) -> RestorePlanOut:
    """Return what a version, or some paths of it, needs restored, how long it takes and its cost.

    Changes nothing. What takes longer than 45 seconds is given up: of a large version a dry run
    plans as a job.
    """
    wanted = RestoreIn(repository=repository, ref=ref, paths=tuple(path or ()), days=days)
    wish = await _wish(service, caller, wanted)
    work = restoring(service.settings, service.repositories)
    with _bounded():
        async with work.open() as parts:
            planned = await work.plan(parts, wish, caller.id)
            told = document(planned, days=days, currency=parts.currency, names=wish.names)
    return RestorePlanOut.model_validate(told)


@router.post("", status_code=202)
async def start_restore(service: Service, caller: Administrator, body: RestoreIn) -> JobAnswer:
    """Start restoring what a version needs, which costs; a dry run only plans.

    The job asks for what nobody has asked for yet, and waits until all can be read. Its
    result is the plan, as it is then. Asking again meanwhile gives the same job.
    """
    wish = await _wish(service, caller, body)
    async with service.database.transaction() as tx:
        job = await schedule_restore(tx, service.jobs, wish, asked_by=caller.id)
    return JobAnswer(job=jobs.shown(caller, job))


async def _wish(service: Keyshelf, caller: Identity, wanted: RestoreIn) -> RestoreWish:
    record = await managing.get_anybodys(service.repositories, wanted.repository)
    work = restoring(service.settings, service.repositories)
    return RestoreWish(
        repository=record.id,
        ref=wanted.ref,
        commit=await work.commit(record, wanted.ref, caller.id),
        name=record.name,
        paths=wanted.paths,
        tier=wanted.tier,
        days=wanted.days,
        dry_run=wanted.dry_run,
        names=may_name(caller, record),
    )


async def _may_name(service: Keyshelf, caller: Identity, wish: RestoreWish) -> bool:
    try:
        record = await managing.get_anybodys(service.repositories, wish.repository)
    except RepositoryNotFoundError:
        return False
    return may_name(caller, record)


@contextmanager
def _bounded() -> Generator[None]:
    with anyio.move_on_after(MOST_SECONDS) as scope:
        yield
    if scope.cancelled_caught:
        raise PlanTakesLongError(
            f"this was planned for {MOST_SECONDS:.0f} seconds: ask for some paths of it, or"
            " start a dry run"
        )
