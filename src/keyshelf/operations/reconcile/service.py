"""Compares a store with the database, from one end to the other."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from keyshelf.clock import Clock, system_clock
from keyshelf.concurrency import read_ahead
from keyshelf.database.pool import Database
from keyshelf.database.transactions import Transaction
from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.reconcile import queries
from keyshelf.operations.reconcile.confirming import confirm, is_text, present
from keyshelf.operations.reconcile.listing import listed
from keyshelf.operations.reconcile.merging import Differences, Window, compare, windows
from keyshelf.operations.reconcile.values import (
    MAX_KEPT,
    MAX_NAMED,
    Counts,
    Finding,
    Ledger,
    ReconcileRunningError,
    ReconciliationNotFoundError,
    Repair,
    Report,
    WrongBucketError,
)
from keyshelf.store.expected import Expected

MARGIN = timedelta(hours=1)
"""Objects that are younger may be on their way into the database."""
RESUMED_FOR = timedelta(days=1)
"""A reconciliation that was cut short longer ago is begun anew."""
_REPORTS_KEPT = 20
_OBJECTS_AT_ONCE = 20_000
_DOUBTS_AT_ONCE = 1000
_SAMPLED = 20

OnProgress = Callable[[int], Awaitable[None]]
"""Told how many objects have been compared; raising ends the run, and the next goes on."""


async def _silent(_done: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class ReconcileParts:
    """What reconciliations stand on."""

    database: Database
    clock: Clock = system_clock
    new_id: Callable[[], UUID] = uuid4
    objects_at_once: int = _OBJECTS_AT_ONCE
    """After how many objects is noted how far it has come."""
    kept: int = MAX_KEPT
    """How many findings of one are kept."""


async def reconcile(
    parts: ReconcileParts,
    ledger: Ledger,
    *,
    repair: bool = False,
    on_progress: OnProgress = _silent,
) -> Report:
    """Compare all objects of a store with all rows that tell of them, and return what differs.

    A difference counts when a second look finds it too. Without `repair` nothing is changed.
    One that was cut short is gone on with, if it had begun within a day and was to repair as
    this one is; what was found since then in the part before it is not told. Memory does not
    grow with the store. Raises `ReconcileRunningError` while another compares the same store,
    `WrongBucketError`, and what listing raises.
    """
    async with parts.database.transaction() as lock:
        if not await queries.try_lock(lock, ledger.role):
            raise ReconcileRunningError(f"the {ledger.role} store is being compared already")
        if repair:
            await _require_right_bucket(ledger)
        run = _Run(parts, ledger, await _begun(parts, ledger.role, repair=repair))
        landmarks = ledger.landmarks(run.compared_to) if ledger.landmarks else None
        async with (
            listed(ledger.store, run.compared_to, landmarks) as objects,
            read_ahead(ledger.expected(run.compared_to), items=2) as rows,
        ):
            async for window in windows(objects, rows):
                if run.take(window):
                    await queries.confirm_lock(lock)
                    await run.settle()
                    await on_progress(run.counts.objects)
        await run.settle()
        await on_progress(run.counts.objects)
        await run.finish()
    return await get(parts, run.report.id)


async def get(parts: ReconcileParts, report_id: UUID) -> Report:
    """Return a reconciliation with its first findings. Raises `ReconciliationNotFoundError`."""
    async with parts.database.read() as tx:
        report = await queries.find(tx, report_id)
        if report is None:
            raise ReconciliationNotFoundError("there is no such reconciliation")
        return replace(report, findings=await queries.findings(tx, report_id, limit=MAX_NAMED))


async def find_all(parts: ReconcileParts) -> Sequence[Report]:
    """Return the reconciliations that are kept, the newest first, without their findings."""
    async with parts.database.read() as tx:
        return await queries.newest(tx)


async def _require_right_bucket(ledger: Ledger) -> None:
    """Refuse to repair by a bucket that has nothing of what the database knows."""
    # With a tuple in place of None, Python 3.11 fails where there is no first page.
    first: Sequence[Expected] = await anext(ledger.expected(""), None) or ()
    some = [each.key for each in first[:: max(1, len(first) // _SAMPLED)]]
    if not some or await present(ledger, some):
        return
    if len(some) >= _SAMPLED or not await _has_any(ledger):
        raise WrongBucketError(
            f"the bucket of the {ledger.role} store has nothing of what the database tells of:"
            " nothing is repaired. Is it the right one?"
        )


async def _has_any(ledger: Ledger) -> bool:
    async for page in ledger.store.list():
        if page.objects:
            return True
    return False


async def _begun(parts: ReconcileParts, store: str, *, repair: bool) -> Report:
    """Return the reconciliation that is to be gone on with, or a new one."""
    now = parts.clock()
    async with parts.database.transaction() as tx:
        found = await queries.unfinished(tx, store)
        if found and found.repairs == repair and found.started_at > now - RESUMED_FOR:
            return found
        report = Report(parts.new_id(), store, repair, now, None, "", Counts())
        await queries.begin(tx, report, keeping=_REPORTS_KEPT)
    return report


@dataclass(slots=True)
class _Run:
    parts: ReconcileParts
    ledger: Ledger
    report: Report
    counts: Counts = field(init=False)
    compared_to: str = field(init=False)
    """Up to where all is compared and noted."""
    _reached: str = field(init=False)
    _doubts: Differences = field(default_factory=Differences)
    _unsettled: int = 0

    def __post_init__(self) -> None:
        self.counts = self.report.counts
        self.compared_to = self._reached = self.report.compared_to

    def take(self, window: Window[Expected]) -> bool:
        """Compare a window; True when what was found by now is to be settled."""
        self.counts.objects += len(window.listed)
        self.counts.bytes += sum([each.size for each in window.listed])
        self.counts.rows += len(window.expected)
        self._doubts.add(compare(window))
        self._reached = window.upto
        self._unsettled += len(window.listed) + len(window.expected)
        is_much = self._unsettled >= self.parts.objects_at_once
        # A key that is no text cannot be noted: the next one will do.
        return (is_much or len(self._doubts) >= _DOUBTS_AT_ONCE) and is_text(window.upto)

    async def settle(self) -> None:
        """Look again at what seems to be wrong, repair it, and note how far all is compared.

        A crash before the note has the same keys compared again, which then are right.
        """
        confirmed = await confirm(self.ledger, self._doubts, before=self._before)
        self.counts.young += confirmed.young
        found = confirmed.findings
        if self.report.repairs and found:
            found = _repaired(found, await self.ledger.repair(found))
        for each in found:
            self.counts.add(each)
        reached = self._reached if is_text(self._reached) else self.compared_to
        async with self.parts.database.transaction() as tx:
            if found:
                await self._keep(tx, found)
            await queries.note(tx, self.report.id, compared_to=reached, counts=self.counts)
        self.compared_to = reached
        self._doubts, self._unsettled = Differences(), 0

    async def _keep(self, tx: Transaction, found: Sequence[Finding]) -> None:
        """Keep findings while there is room, and to the end what is put right there."""
        room = max(0, self.parts.kept - await queries.count_findings(tx, self.report.id))
        later = [each for each in found[room:] if self._is_deferred(each)]
        await queries.add_findings(tx, self.report.id, [*map(_storable, [*found[:room], *later])])

    def _is_deferred(self, finding: Finding) -> bool:
        is_left = self.report.repairs and finding.repair is None
        return is_left and self.ledger.is_deferred(finding)

    async def finish(self) -> None:
        """Repair what needs all to be compared, and note that it is over."""
        if self.report.repairs:
            await self._repair_at_end()
        async with self.parts.database.transaction() as tx:
            await queries.forget_findings(tx, self.report.id, keeping=self.parts.kept)
            await queries.finish(tx, self.report.id, at=self.parts.clock())

    async def _repair_at_end(self) -> None:
        """Page through what was deferred; a crash leaves pages that are done, and counted."""
        repair: Repair | None = None
        after = ""
        while page := await self._page(after):
            after = page[-1].key
            left = [each for each in page if self._is_deferred(each)]
            if not left:
                continue
            repair = repair or await self.ledger.repair_at_end()
            done = [each for each in _repaired(left, await repair(left)) if each.repair is not None]
            self.counts.repaired += len(done)
            async with self.parts.database.transaction() as tx:
                await queries.add_findings(tx, self.report.id, done)
                await queries.note(
                    tx, self.report.id, compared_to=self.compared_to, counts=self.counts
                )

    async def _page(self, after: str) -> Sequence[Finding]:
        async with self.parts.database.read() as tx:
            return await queries.findings(tx, self.report.id, limit=self.parts.kept, after=after)

    @property
    def _before(self) -> datetime:
        return self.parts.clock() - MARGIN


def _repaired(found: Sequence[Finding], did: Mapping[ObjectKey, str]) -> list[Finding]:
    return [replace(each, repair=did.get(each.key)) for each in found]


def _storable(finding: Finding) -> Finding:
    """Return a finding whose key the database can hold."""
    if is_text(finding.key):
        return finding
    spelled = finding.key.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
    return replace(finding, key=ObjectKey(spelled))
