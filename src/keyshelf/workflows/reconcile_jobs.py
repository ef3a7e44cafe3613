"""Comparing a store with the database as a job, which goes on where an attempt ended."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta

from keyshelf.database.transactions import Transaction
from keyshelf.jobs.context import JobContext
from keyshelf.jobs.registry import Registration
from keyshelf.jobs.service import Jobs
from keyshelf.jobs.values import Job, JobKind, JobWaitingError, Payload
from keyshelf.operations.reconcile.service import ReconcileParts, reconcile
from keyshelf.operations.reconcile.values import Ledger, ReconcileRunningError

RECONCILE = JobKind("reconcile", queue="large", max_attempts=5, timeout=timedelta(hours=48))
"""Compare a store with the database."""
_AGAIN_AFTER = timedelta(seconds=30)

Ledgers = Mapping[str, Callable[[str], Ledger]]
"""By role, what gives the ledger of a store for whoever asks for the comparison."""


async def schedule_reconcile(
    tx: Transaction, jobs: Jobs, store: str, *, repair: bool, asked_by: str
) -> Job:
    """Have a store compared after the commit; asking again meanwhile gives the same job."""
    payload = {"store": store, "repair": repair}
    key = f"{store} {repair} {asked_by}"
    return await jobs.enqueue(tx, RECONCILE, payload, owner_id=asked_by, unique_key=key)


def registration(parts: ReconcileParts, ledgers: Ledgers) -> Registration:
    """Return what a worker needs to compare stores."""

    async def handle(context: JobContext, payload: Payload) -> Payload | None:
        store, repair = str(payload["store"]), bool(payload["repair"])

        async def progress(done: int) -> None:
            await context.progress(done, None, "objects")

        ledger = ledgers[store](context.owner_id)
        try:
            report = await reconcile(parts, ledger, repair=repair, on_progress=progress)
        except ReconcileRunningError as error:
            raise JobWaitingError(error.detail, again_after=_AGAIN_AFTER) from error
        return {
            "reconciliation": str(report.id),
            "store": store,
            "repair": repair,
            "findings": report.counts.findings,
            **asdict(report.counts),
        }

    return Registration(RECONCILE, handle)
