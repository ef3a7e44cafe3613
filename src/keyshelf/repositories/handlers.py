"""The background work of repositories: what each kind of job does."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import cast
from uuid import UUID

import msgspec

from keyshelf.jobs.context import JobContext
from keyshelf.jobs.registry import Handler, Registration
from keyshelf.jobs.values import JobKind, Payload
from keyshelf.repositories import scheduling
from keyshelf.repositories.catalog import queries as catalog
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.gc.service import collect
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.serving import readable_with
from keyshelf.repositories.values import RepositoryNotFoundError

RepositoryWork = Callable[[RepositoryParts, JobContext, Payload], Awaitable[Payload]]


def registrations(parts: RepositoryParts) -> Sequence[Registration]:
    """Return what a worker needs to do the jobs of repositories."""

    def handler(work: RepositoryWork) -> Handler:
        async def handle(context: JobContext, payload: Payload) -> Payload | None:
            return await work(parts, context, payload)

        return handle

    kinds: dict[JobKind, RepositoryWork] = {
        scheduling.COLLECT: _collect,
        scheduling.CHECK: _check,
    }
    return [Registration(kind, handler(work)) for kind, work in kinds.items()]


async def _collect(parts: RepositoryParts, context: JobContext, payload: Payload) -> Payload:
    record = await _record(parts, payload)
    collected = await collect(
        parts,
        record,
        readable_with(parts, record),
        dry_run=bool(payload["dry_run"]),
        on_progress=_progress(context),
    )
    return _told(collected)


async def _check(parts: RepositoryParts, context: JobContext, payload: Payload) -> Payload:
    record = await _record(parts, payload)
    opened = record.opened(readable_with(parts, record))
    sample = payload["sample"]
    report = await check(
        DirectCarrier(parts.of_primary, record, opened, context.owner_id),
        read_data=bool(payload["read_data"]),
        sample=float(str(sample)) if sample is not None else None,
        # Of every job another part, and of all attempts at it the same.
        seed=context.job_id.bytes,
        on_progress=_progress(context),
    )
    return _told(report if payload.get("names", True) else replace(report, hurt_files=()))


async def _record(parts: RepositoryParts, payload: Payload) -> RepositoryRecord:
    async with parts.database.read() as tx:
        found = await catalog.by_id(tx, UUID(str(payload["repository"])))
    if found is None:
        raise RepositoryNotFoundError("the repository is gone")
    return found


def _progress(context: JobContext) -> Callable[[int, int | None], Awaitable[None]]:
    async def progress(done: int, total: int | None) -> None:
        await context.progress(done, total, "objects")

    return progress


def _told(result: object) -> Payload:
    return cast("Payload", msgspec.to_builtins(result))  # of numbers, texts and lists of them
