"""The shapes of answers about comparisons of a store with the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from keyshelf.api.schemas import Answer
from keyshelf.operations.reconcile.values import Finding, Report
from keyshelf.workflows.reconcile_store import FIXES

StoreName = Literal["source", "media", "repository"]


class ReconcileIn(BaseModel):
    """Which store is to be compared."""

    model_config = ConfigDict(use_attribute_docstrings=True, extra="forbid")

    store: StoreName
    repair: bool = False
    """Whether what is found is put right; without it nothing is changed."""


class FindingOut(Answer):
    """A key on which store and database disagree."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    kind: Literal["orphan", "missing", "wrong-size"]
    key: str
    size: int | None
    """What the store has."""
    expected: int | None
    """What the database says."""
    repair: str | None
    """What was done about it."""
    fix: str
    """What can be done about it."""


class ReconciliationOut(Answer):
    """What a comparison found; one that has not finished tells of the keys so far."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: UUID
    store: StoreName
    repair: bool
    started_at: datetime
    finished_at: datetime | None
    objects: int
    """How many objects the store has."""
    bytes: int
    rows: int
    """How many objects the database says that there must be."""
    orphans: int
    orphan_bytes: int
    missing: int
    wrong_sizes: int
    repaired: int

    @classmethod
    def of(cls, report: Report) -> "ReconciliationOut":
        """Return a report without its findings."""
        return cls.model_validate(_fields(report))


class ReconciliationDetailOut(ReconciliationOut):
    """What a comparison found, with its first findings."""

    findings: Sequence[FindingOut]
    """By key, 1,000 at most."""

    @classmethod
    def of(cls, report: Report) -> "ReconciliationDetailOut":
        """Return a report."""
        findings = [_finding(report.store, each) for each in report.findings]
        return cls.model_validate({**_fields(report), "findings": findings})


class ReconciliationsOut(Answer):
    """Comparisons that are kept, the newest first."""

    items: Sequence[ReconciliationOut]


def _fields(report: Report) -> dict[str, object]:
    counts = report.counts
    return {
        "id": report.id,
        "store": report.store,
        "repair": report.repairs,
        "started_at": report.started_at,
        "finished_at": report.finished_at,
        "objects": counts.objects,
        "bytes": counts.bytes,
        "rows": counts.rows,
        "orphans": counts.orphans,
        "orphan_bytes": counts.orphan_bytes,
        "missing": counts.missing,
        "wrong_sizes": counts.wrong_sizes,
        "repaired": counts.repaired,
    }


def _finding(store: str, found: Finding) -> FindingOut:
    return FindingOut(
        kind=found.kind.value,
        key=found.key,
        size=found.size,
        expected=found.expected,
        repair=found.repair,
        fix=FIXES[store, found.kind],
    )
