"""What a comparison of a store with the database finds, and what it stands on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from keyshelf.errors import ConflictError, NotFoundError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectStore
from keyshelf.store.expected import ExpectedPages, Look

MAX_KEPT = 10_000
"""How many findings of a reconciliation are kept; all are counted."""
MAX_NAMED = 1000
"""How many findings a report names."""


class ReconcileRunningError(ConflictError):
    """This store is being compared already: wait until that ends."""

    code = "reconcile-running"


class ReconciliationNotFoundError(NotFoundError):
    """No such reconciliation, or it is too long ago."""

    code = "reconciliation-not-found"


class WrongBucketError(ConflictError):
    """The bucket has nothing of what the database tells of: nothing is repaired by such a one."""

    code = "wrong-bucket"


class Kind(StrEnum):
    """What is wrong with a key."""

    ORPHAN = "orphan"
    """The store has an object that the database does not know."""
    MISSING = "missing"
    """The database tells of an object that the store does not have."""
    WRONG_SIZE = "wrong-size"
    """The object has another size than the database says."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One key on which store and database disagree."""

    kind: Kind
    key: ObjectKey
    size: int | None = None
    """What the store has; None for what it has not."""
    expected: int | None = None
    """What the database says; None for what it does not know."""
    repair: str | None = None
    """What was done about it; None when nothing was."""


@dataclass(slots=True)
class Counts:
    """How much was compared, and how much of it was wrong."""

    objects: int = 0
    bytes: int = 0
    rows: int = 0
    orphans: int = 0
    orphan_bytes: int = 0
    missing: int = 0
    wrong_sizes: int = 0
    young: int = 0
    """Objects that differ and are too young to be judged: they may be on their way."""
    repaired: int = 0

    @property
    def findings(self) -> int:
        """How many keys are wrong."""
        return self.orphans + self.missing + self.wrong_sizes

    def add(self, finding: Finding) -> None:
        """Count a finding."""
        match finding.kind:
            case Kind.ORPHAN:
                self.orphans += 1
                self.orphan_bytes += finding.size or 0
            case Kind.MISSING:
                self.missing += 1
            case Kind.WRONG_SIZE:
                self.wrong_sizes += 1
        self.repaired += finding.repair is not None


@dataclass(frozen=True, slots=True)
class Report:
    """What a reconciliation found; one that has not finished tells of the keys so far."""

    id: UUID
    store: str
    repairs: bool
    started_at: datetime
    finished_at: datetime | None
    compared_to: str
    counts: Counts
    findings: Sequence[Finding] = ()
    """The first of them, by key."""


Repair = Callable[[Sequence[Finding]], Awaitable[Mapping[ObjectKey, str]]]
"""Puts right what it can and says what it did, by key. Twice is the same as once."""


async def _nothing(_findings: Sequence[Finding]) -> Mapping[ObjectKey, str]:
    return {}


async def _none() -> Repair:
    return _nothing


@dataclass(frozen=True, slots=True)
class Ledger:
    """A store, and what the database says that it holds."""

    role: str
    store: ObjectStore
    """The one that is written to: what a copy lacks is not missing."""
    expected: Callable[[str], ExpectedPages]
    """Gives what is required after a key."""
    look: Look
    landmarks: Callable[[str], AsyncIterator[str]] | None = None
    """Gives keys after a key, about `listing.STRIDE` rows from one to the next: between these
    the store can be listed at once in several places."""
    repair: Repair = _nothing
    """Called for findings as they are made."""
    is_deferred: Callable[[Finding], bool] = lambda _finding: False
    """Which findings can be put right only when all is compared."""
    repair_at_end: Callable[[], Awaitable[Repair]] = _none
    """Puts these right, once, and returns what tells what became of them."""
