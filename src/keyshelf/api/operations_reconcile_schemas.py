"""The shapes of answers about comparisons of a store with the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from keyshelf.api.schemas import Answer

StoreName = Literal["source", "media", "repository"]


class ReconcileIn(BaseModel):
    """Which store is to be compared."""

    model_config = ConfigDict(use_attribute_docstrings=True, extra="forbid")

    store: StoreName
    repair: bool = False
    """Whether what is found is put right; without it nothing is changed."""


class _Shown(Answer):
    """An answer that is made of a value's fields."""

    model_config = ConfigDict(use_attribute_docstrings=True, from_attributes=True)


class FindingOut(_Shown):
    """A key on which store and database disagree."""

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


class ReconciliationOut(_Shown):
    """What a comparison found; one that has not finished tells of the keys so far."""

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
    young: int
    """Objects that differ and are younger than an hour: not judged, they may be on their way."""
    repaired: int


class ReconciliationDetailOut(ReconciliationOut):
    """What a comparison found, with its first findings."""

    findings: Sequence[FindingOut]
    """By key, 1,000 at most."""


class ReconciliationsOut(Answer):
    """Comparisons that are kept, the newest first."""

    items: Sequence[ReconciliationOut]
