"""The shapes of answers about how the service is, and about the rules of its buckets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Self

from keyshelf.api.schemas import Answer
from keyshelf.app.bucket_rules import PlannedKind, PlannedStore
from keyshelf.app.overview import LastBackup, Overview
from keyshelf.jobs.values import Job, QueueName
from keyshelf.operations.reconcile.values import Report
from keyshelf.operations.rules.applying import Comparison
from keyshelf.operations.rules.comparing import Change, ChangeKind, Scalar
from keyshelf.store.control import RuleKind


class PartOut(Answer):
    """A part that the service stands on."""

    name: str
    """`database`, `redis`, or a store."""
    problem: str | None
    """What is wrong with it; null when it answers as it should."""


class BacklogOut(Answer):
    """How much waits in a queue."""

    queue: QueueName
    queued: int
    running: int
    paused: int
    oldest_waits: float
    """For how many seconds the oldest job that may run has been waiting."""


class BackupOut(Answer):
    """The newest backup of the database."""

    store: str
    """Where backups go."""
    hours: int | None
    """How often one is made; null when none is made by itself."""
    name: str | None
    """Null when there is none."""
    at: datetime | None
    size: int | None
    problem: str | None
    """Why nothing is known of backups."""

    @classmethod
    def of(cls, last: LastBackup) -> Self:
        """Show a backup."""
        made = last.backup
        return cls(
            store=last.store,
            hours=last.hours,
            name=made and made.name,
            at=made and made.at,
            size=made.size if made else None,
            problem=last.problem,
        )


class CheckedOut(Answer):
    """A look for damage that came to its end."""

    what: Literal["repository", "store"]
    """The chunks of a repository, or the objects of a store against the database."""
    name: str | None
    """The store; null for repositories, of which the last check of each is counted in."""
    at: datetime
    """When the newest ended."""
    findings: int
    """How many objects are not as they must be."""
    repaired: int
    """How many of them were put right."""

    @classmethod
    def of_repositories(cls, jobs: Sequence[Job]) -> Self | None:
        """Show what jobs found that checked repositories; None when there are none."""
        ended = [job.finished_at for job in jobs if job.finished_at is not None]
        if not ended:
            return None
        found = sum(int(str((job.result or {}).get("damaged_count", 0))) for job in jobs)
        return cls(what="repository", name=None, at=max(ended), findings=found, repaired=0)

    @classmethod
    def of_store(cls, report: Report) -> Self:
        """Show what a reconciliation found that has finished."""
        return cls(
            what="store",
            name=report.store,
            at=report.finished_at or report.started_at,
            findings=report.counts.findings,
            repaired=report.counts.repaired,
        )


class OverviewOut(Answer):
    """How the whole service is."""

    parts: Sequence[PartOut]
    backlog: Sequence[BacklogOut]
    failed_jobs: int
    """Jobs that failed for good within a day."""
    waiting_deletions: int
    """Objects that are still to be deleted."""
    condemned_chunks: int
    """Chunks that nothing leads to and that wait for their grace to end."""
    repositories: int
    logical_bytes: int
    """What a copy of each commit would take."""
    stored_bytes: int
    """What their chunks take."""
    tasks: Mapping[str, datetime]
    """When each periodic task last began."""
    backup: BackupOut
    checked: Sequence[CheckedOut]
    """The last checks of repositories, and of each store against the database."""

    @classmethod
    def of(cls, found: Overview) -> Self:
        """Show an overview."""
        checked = [CheckedOut.of_store(each) for each in found.reconciled.values()]
        repositories = CheckedOut.of_repositories(found.checks)
        failures = found.readiness.failures
        return cls(
            parts=[
                PartOut(name=name, problem=failures.get(name)) for name in found.readiness.checks
            ],
            backlog=[
                BacklogOut.model_validate(each, from_attributes=True) for each in found.backlog
            ],
            failed_jobs=found.failed,
            waiting_deletions=found.kept.waiting_deletions,
            condemned_chunks=found.kept.condemned_chunks,
            repositories=found.kept.repositories,
            logical_bytes=found.kept.logical_bytes,
            stored_bytes=found.kept.stored_bytes,
            tasks=found.kept.tasks,
            backup=BackupOut.of(found.backup),
            checked=[*([repositories] if repositories else []), *checked],
        )


class FieldChangeOut(Answer):
    """A field of a rule; null stands for one that is not there."""

    field: str
    before: Scalar
    after: Scalar


class RuleChangeOut(Answer):
    """A rule that differs."""

    rule: str
    """Its id; empty for what belongs to no rule."""
    change: ChangeKind
    fields: Sequence[FieldChangeOut]

    @classmethod
    def of(cls, change: Change) -> Self:
        """Show a change."""
        return cls.model_validate(change, from_attributes=True)


class RulesOut(Answer):
    """How one kind of rules of a bucket stands."""

    kind: RuleKind
    state: Literal["as-wanted", "differs", "not-asked-for", "unknown"]
    problem: str | None
    """Why nothing can be said of it."""
    changes: Sequence[RuleChangeOut]
    """What applying would change."""
    kept: Sequence[str]
    """The rules of others, which stay."""
    warnings: Sequence[str]
    command: str | None
    """What applies them; null where nothing is to be applied."""

    @classmethod
    def of(cls, role: str, planned: PlannedKind) -> Self:
        """Show one kind of rules of a store."""
        found = planned.comparison
        differs = found is not None and found.differs
        return cls(
            kind=planned.kind,
            state=_state(found),
            problem=planned.problem,
            changes=[RuleChangeOut.of(each) for each in found.changes] if found else [],
            kept=found.kept if found else [],
            warnings=found.warnings if found else [],
            command=f"keyshelf {planned.kind} apply --store {role}" if differs else None,
        )


def _state(
    found: Comparison | None,
) -> Literal["as-wanted", "differs", "not-asked-for", "unknown"]:
    if found is None:
        return "unknown"
    if found.differs:
        return "differs"
    return "as-wanted" if found.is_asked_for else "not-asked-for"


class StoreRulesOut(Answer):
    """How the rules of one store stand."""

    store: str
    bucket: str
    kinds: Sequence[RulesOut]
    """None for a folder, which has no rules."""

    @classmethod
    def of(cls, planned: PlannedStore) -> Self:
        """Show the rules of a store."""
        return cls(
            store=planned.role,
            bucket=planned.bucket,
            kinds=[RulesOut.of(planned.role, each) for each in planned.kinds],
        )


class AllRulesOut(Answer):
    """How all rules of all stores stand."""

    items: Sequence[StoreRulesOut]
