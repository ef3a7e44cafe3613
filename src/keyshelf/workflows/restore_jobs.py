"""Restoring what a version needs as a job: planned, asked for, and waited for.

While a cloud restores, for hours, no worker is held up: the job waits in its queue and looks
again a few times. Each attempt plans anew, so that it goes on from wherever things are.
"""

import hashlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec

from keyshelf.database.transactions import Transaction
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.registry import Registration
from keyshelf.jobs.service import Jobs
from keyshelf.jobs.values import Job, JobKind, JobWaitingError, Payload
from keyshelf.layout.repository import CommitHash
from keyshelf.operations.restoring.values import Choice
from keyshelf.repositories import managing
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.history.resolve import resolve
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.paths import path_bytes
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.serving import readable_with
from keyshelf.store.restoring import RestoreTier
from keyshelf.workflows import restore_chunks
from keyshelf.workflows.restore_chunks import DAYS, RestoreOptions, RestoreParts, VersionPlan
from keyshelf.workflows.restore_shown import document

RESTORE = JobKind(
    "repositories-restore",
    queue="large",
    max_attempts=5,
    timeout=timedelta(hours=24),
    patience=timedelta(days=7),
)
"""Have what a version needs restored, and wait for it; dry, only say what that is."""
_LOOKS = 6
"""How often it is looked between the soonest and the latest that a cloud promises."""


@dataclass(frozen=True, slots=True)
class RestoreWish:
    """What is to be restored, and how."""

    repository: UUID
    ref: str
    """As somebody named the version."""
    commit: str
    """Which that was then: what is restored is what was planned."""
    name: str = ""
    """What the repository was called."""
    paths: tuple[str, ...] = ()
    """Only these of it; all of it without any."""
    tier: RestoreTier = RestoreTier.STANDARD
    days: int = DAYS
    dry_run: bool = True
    names: bool = True
    """Whether the result names files; who may not read the repository is told numbers."""


@dataclass(frozen=True, slots=True)
class Restoring:
    """What such jobs stand on."""

    repositories: RepositoryParts
    open: Callable[[], AbstractAsyncContextManager[RestoreParts]]

    async def reader(self, record: RepositoryRecord, asked_by: str) -> Reader:
        """Return what reads the store itself. Raises `RepositoryLockedError`."""
        parts = self.repositories.of_primary
        opened = record.opened(readable_with(parts, record))
        return Reader(DirectCarrier(parts, record, opened, asked_by))

    async def commit(self, record: RepositoryRecord, ref: str, asked_by: str) -> CommitHash:
        """Return which commit a branch, tag or hash means. Raises as `resolve` does."""
        return (await resolve(await self.reader(record, asked_by), ref)).commit

    async def plan(self, parts: RestoreParts, wish: RestoreWish, asked_by: str) -> VersionPlan:
        """Return what a wish needs restored; changes nothing.

        Raises `RepositoryNotFoundError`, `RepositoryLockedError`, and as
        `restore_chunks.plan` does.
        """
        record = await managing.get_anybodys(self.repositories, wish.repository)
        reader = await self.reader(record, asked_by)
        root = (await reader.manifest(CommitHash(wish.commit))).root
        paths = [path_bytes(path) for path in wish.paths]
        return await restore_chunks.plan(parts, reader, root, paths, days=wish.days)


async def schedule_restore(tx: Transaction, jobs: Jobs, wish: RestoreWish, *, asked_by: str) -> Job:
    """Have it done after the commit; asking again meanwhile gives the same job, which looks."""
    payload: Payload = msgspec.to_builtins(wish)
    # A digest: the paths may be more than an index takes.
    key = hashlib.sha256(msgspec.json.encode([payload, asked_by])).hexdigest()
    return await jobs.enqueue(tx, RESTORE, payload, owner_id=asked_by, unique_key=key)


def wish_of(job: Job) -> RestoreWish:
    """Return what a job of this kind was asked for."""
    return msgspec.convert(job.payload, RestoreWish)


def registration(restoring: Restoring) -> Registration:
    """Return what a worker needs to do such jobs."""

    async def handle(context: JobContext, payload: Payload) -> Payload | None:
        wish = msgspec.convert(payload, RestoreWish)
        options = RestoreOptions(wish.tier, wish.days)

        async def progress(done: int, total: int) -> None:
            await context.progress(done, total, "objects", "asking")

        async with restoring.open() as parts:
            planned = await restoring.plan(parts, wish, context.owner_id)
            if not wish.dry_run and planned.objects:
                asked = await restore_chunks.request(parts, planned, options, on_progress=progress)
                there = planned.restored
                await context.progress(there, there + len(planned.objects), "objects", "restoring")
                raise _waiting(parts, planned, wish, is_fresh=asked > 0)
        return document(planned, days=wish.days, currency=parts.currency, names=wish.names)

    return Registration(RESTORE, handle)


def _waiting(
    parts: RestoreParts, planned: VersionPlan, wish: RestoreWish, *, is_fresh: bool
) -> JobWaitingError:
    chosen = next(each for each in planned.plan.choices if each.tier is wish.tier)
    return JobWaitingError(
        f"{_chunks(len(planned.objects))} being restored, {planned.restored:,} are there",
        again_after=max(_look_after(chosen, is_fresh=is_fresh), parts.pause(wish.tier)),
    )


def _look_after(chosen: Choice, *, is_fresh: bool) -> timedelta:
    """Return when it is worth a look: asking about each chunk costs a request."""
    wait = chosen.wait
    return wait.least if is_fresh else (wait.most - wait.least) / _LOOKS


def _chunks(count: int) -> str:
    return "1 chunk is" if count == 1 else f"{count:,} chunks are"
