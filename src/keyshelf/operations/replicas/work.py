"""Comparing and backfilling replicas, by whoever asks: the command line, a job, the clock."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial

from keyshelf.clock import Clock, system_clock
from keyshelf.database.pool import Database
from keyshelf.database.transactions import Transaction
from keyshelf.errors import Error, ForbiddenError, UnavailableError
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.periodic import PeriodicTask
from keyshelf.jobs.registry import Registration
from keyshelf.jobs.service import Jobs
from keyshelf.jobs.values import Job, JobKind, Payload
from keyshelf.operations.replicas import queries, service
from keyshelf.operations.replicas.values import (
    OnProgress,
    Pair,
    ReplicaFailure,
    ReplicaNotFoundError,
    ReplicaState,
    Report,
    Wish,
    state_of,
)
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)
BACKFILL = JobKind("replica-backfill", queue="large", max_attempts=5, timeout=timedelta(hours=48))
"""Copy to a replica what it lacks, or back from it; dry, only say what that is."""
_MAX_TOLD = 100
_REACHED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ReplicaParts:
    """What comparing and backfilling stand on."""

    database: Database
    replicas: Sequence[str]
    """Their ids."""
    open: Callable[[Wish], AbstractAsyncContextManager[Pair]]
    clock: Clock = system_clock


async def carry_out(parts: ReplicaParts, wish: Wish, *, on_progress: OnProgress) -> Report:
    """Compare a replica, or copy what is missing, and remember how far the replica is behind.

    That it could not be compared is remembered too. Raises `ReplicaNotFoundError`, and what
    `service.compare` and `service.backfill` raise.
    """
    _require(parts, wish)
    async with _noting_failure(parts, wish.replica):
        report = await _done(parts, wish, on_progress)
    async with parts.database.transaction() as tx:
        await queries.forget_failure(tx, wish.replica)
        if not wish.back:
            await queries.note(tx, state_of(report))
    return report


async def failures(parts: ReplicaParts) -> Sequence[ReplicaFailure]:
    """Return which of the replicas that are set could not be compared when last tried."""
    async with parts.database.read() as tx:
        found = await queries.failures(tx)
    return [each for each in found if each.replica in parts.replicas]


async def states(parts: ReplicaParts) -> Sequence[ReplicaState]:
    """Return how far the replicas that are set were behind when they were last compared."""
    async with parts.database.read() as tx:
        found = await queries.states(tx)
    return [each for each in found if each.replica in parts.replicas]


async def schedule(
    tx: Transaction, jobs: Jobs, parts: ReplicaParts, wish: Wish, *, asked_by: str
) -> Job:
    """Have it done after the commit; asking again meanwhile gives the same job.

    Raises `ReplicaNotFoundError`.
    """
    _require(parts, wish)
    payload = asdict(wish)
    key = f"{wish.replica} {wish.dry_run} {wish.back} {wish.replace} {asked_by}"
    return await jobs.enqueue(tx, BACKFILL, payload, owner_id=asked_by, unique_key=key)


def registration(parts: ReplicaParts) -> Registration:
    """Return what a worker needs to do such jobs. An attempt goes on where another ended."""

    async def handle(context: JobContext, payload: Payload) -> Payload | None:
        wish = Wish(
            str(payload["replica"]),
            dry_run=bool(payload["dry_run"]),
            back=bool(payload["back"]),
            replace=bool(payload["replace"]),
        )

        async def progress(report: Report) -> None:
            done = report.objects if wish.dry_run else report.copied
            await context.progress(done, None, "objects")

        return result(await carry_out(parts, wish, on_progress=progress))

    return Registration(BACKFILL, handle)


def result(report: Report) -> Payload:
    """Return what a job tells of a report: its numbers, and the first of what it names."""
    return {
        **{
            name: value
            for name, value in asdict(report).items()
            if isinstance(value, bool | int | str)
        },
        "lag_seconds": report.lag.total_seconds(),
        "findings": [
            {
                "kind": each.kind.value,
                "key": each.key,
                "size": each.size,
                "damaged": each.damaged.value if each.damaged else None,
            }
            for each in report.findings[:_MAX_TOLD]
        ],
        "incomplete_manifests": [*report.incomplete_manifests[:_MAX_TOLD]],
        "problems": [asdict(each) for each in report.problems[:_MAX_TOLD]],
    }


def upkeep(parts: ReplicaParts, *, interval: timedelta) -> Sequence[PeriodicTask]:
    """Return the tasks that compare all replicas, and see in between whether they are there.

    None without replicas. What was found away is told until it was compared again.
    """

    async def compare(replica: str) -> None:
        await carry_out(parts, Wish(replica), on_progress=_silent)

    async def reach(replica: str) -> None:
        async with _noting_failure(parts, replica), parts.open(Wish(replica)) as pair:
            await pair.source.check()
            await pair.target.check()

    async def each(act: Callable[[str], Awaitable[None]]) -> None:
        for replica in parts.replicas:
            try:
                await act(replica)
            except Error as error:
                # One region that is away does not keep the others from being looked at.
                _log.warning("replica not compared", replica=replica, error=error.detail)

    if not parts.replicas or interval <= timedelta(0):
        return []
    return [
        PeriodicTask("replica-states", interval, partial(each, compare)),
        PeriodicTask("replica-reach", min(_REACHED_EVERY, interval), partial(each, reach)),
    ]


@asynccontextmanager
async def _noting_failure(parts: ReplicaParts, replica: str) -> AsyncGenerator[None]:
    try:
        yield
    except (UnavailableError, ForbiddenError) as error:
        failure = ReplicaFailure(replica, parts.clock(), error.detail)
        async with parts.database.transaction() as tx:
            await queries.note_failure(tx, failure)
        raise


async def _done(parts: ReplicaParts, wish: Wish, on_progress: OnProgress) -> Report:
    async with parts.open(wish) as pair:
        if wish.dry_run:
            return await service.compare(pair, clock=parts.clock, on_progress=on_progress)
        replace = wish.replace or not wish.back
        return await service.backfill(
            pair, replace=replace, clock=parts.clock, on_progress=on_progress
        )


def _require(parts: ReplicaParts, wish: Wish) -> None:
    if wish.replica not in parts.replicas:
        known = ", ".join(parts.replicas) or "none is set"
        raise ReplicaNotFoundError(f"no replica is called {wish.replica!r}, only: {known}")


async def _silent(_report: Report) -> None:
    return None
