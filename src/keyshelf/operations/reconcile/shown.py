"""A reconciliation as it is told to people and programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from keyshelf.operations.reconcile.values import Finding, Kind, Report

_FIXES: Mapping[tuple[str, Kind], str] = {
    ("source", Kind.ORPHAN): "no file has it: --repair, or `keyshelf backfill`, makes it one",
    ("source", Kind.MISSING): "a file without bytes: `keyshelf recover file` finds older versions",
    ("source", Kind.WRONG_SIZE): "replaced by other hands: --repair has the file tell of it",
    ("media", Kind.ORPHAN): "nothing tells of it: --repair deletes it if it can be made again",
    ("media", Kind.MISSING): "--repair forgets it, and whoever asks next has it made",
    ("media", Kind.WRONG_SIZE): "`keyshelf media delete` its hash, and have it made again",
    ("repository", Kind.ORPHAN): "--repair gives chunks to who needs them, or to the collector",
    ("repository", Kind.MISSING): (
        "`keyshelf recover chunk ID`, `recover manifest` or `recover repository` brings it back"
        " from a version, `keyshelf replication backfill --from REGION` from a replica; --repair"
        " has a chunk sent anew by the next commit"
    ),
    ("repository", Kind.WRONG_SIZE): (
        "damaged: `keyshelf recover chunk ID` brings a sound version back, if the bucket keeps"
        " them; otherwise `keyshelf check --read-data --repair`"
    ),
}


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A finding, with what can be done about it."""

    kind: str
    key: str
    size: int | None
    expected: int | None
    repair: str | None
    fix: str


@dataclass(frozen=True, slots=True)
class ReportShown:
    """A reconciliation in one piece."""

    id: UUID
    store: str
    repair: bool
    started_at: datetime
    finished_at: datetime | None
    objects: int
    bytes: int
    rows: int
    orphans: int
    orphan_bytes: int
    missing: int
    wrong_sizes: int
    young: int
    repaired: int
    findings: Sequence[FindingShown]


def shown(report: Report) -> ReportShown:
    """Return a reconciliation as it is told."""
    return ReportShown(
        id=report.id,
        store=report.store,
        repair=report.repairs,
        started_at=report.started_at,
        finished_at=report.finished_at,
        findings=[_finding(report.store, each) for each in report.findings],
        **asdict(report.counts),
    )


def _finding(store: str, found: Finding) -> FindingShown:
    fix = _FIXES[store, found.kind]
    return FindingShown(found.kind, found.key, found.size, found.expected, found.repair, fix)
