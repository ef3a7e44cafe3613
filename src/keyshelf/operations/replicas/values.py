"""What a comparison of a bucket with its replica finds, and what was copied."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from keyshelf.errors import InvalidInputError, NotFoundError
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectMeta, ObjectStore
from keyshelf.store.copying import BucketCopies

MAX_NAMED = 1000
"""How many findings, problems and manifests a report names; all are counted."""


class NoReplicasError(InvalidInputError):
    """No replicas are set: REPOSITORY_REPLICAS names them."""

    code = "no-replicas"


class ReplicaNotFoundError(NotFoundError):
    """No replica is called so: REPOSITORY_REPLICAS names them."""

    code = "replica-not-found"


class Kind(StrEnum):
    """How the copy of an object is not what it should be."""

    MISSING = "missing"
    OLDER = "older"
    """There is one, of what the object was before; never of what is named by its content."""
    DIFFERENT = "different"
    """There is another one that is not older: one of both is damaged, or written by hand."""
    EXTRA = "extra"
    """Only the copy is there: a deletion was not copied, or it was written by hand."""


class Damaged(StrEnum):
    """On which side an object is not what its name promises."""

    STORE = "store"
    REPLICA = "replica"
    BOTH = "both"
    UNKNOWN = "unknown"
    """That takes the secret of its repository."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the bytes of both sides are what their name promises; None is not to be told."""

    source: bool | None
    target: bool | None

    def damaged(self, *, is_back: bool) -> Damaged:
        """Return which side is damaged; `is_back` where the source is the replica."""
        source, target = (
            (Damaged.REPLICA, Damaged.STORE) if is_back else (Damaged.STORE, Damaged.REPLICA)
        )
        match self.source is False, self.target is False:
            case True, True:
                return Damaged.BOTH
            case True, False:
                return source
            case False, True:
                return target
            case _:
                return Damaged.UNKNOWN


@dataclass(frozen=True, slots=True)
class Difference:
    """An object, or none, and its copy, or none, as both listings show them."""

    kind: Kind
    source: ObjectMeta | None
    target: ObjectMeta | None
    proof: Proof | None = None
    """Of what is named by its content, and is there on both sides."""

    @property
    def is_proved(self) -> bool:
        """Whether the object is what its name promises, and the copy is not."""
        return self.proof is not None and self.proof == Proof(source=True, target=False)

    @property
    def shown(self) -> ObjectMeta:
        """The object, or for an extra one the copy."""
        found = self.source or self.target
        assert found is not None  # noqa: S101 -- one of them is there, or nothing differs
        return found


@dataclass(frozen=True, slots=True)
class Finding:
    """One object whose copy is not what it should be."""

    kind: Kind
    key: ObjectKey
    size: int
    written_at: datetime
    damaged: Damaged | None = None
    """Where, for what is named by its content and differs."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An object that could not be copied, and why."""

    key: ObjectKey
    detail: str


@dataclass(slots=True)
class Report:
    """How far a replica is behind, and what was copied. What was copied is not behind."""

    replica: str
    region: str
    started_at: datetime
    is_back: bool = False
    """Whether the replica was copied from, not to."""
    dry_run: bool = True
    objects: int = 0
    """What was compared: objects of the side that is copied from."""
    bytes: int = 0
    missing: int = 0
    missing_bytes: int = 0
    older: int = 0
    different: int = 0
    unproved: int = 0
    """Of these, what no backfill replaces: nothing proves that the other side is right."""
    proved: int = 0
    """Of these, what every backfill replaces: damaged, where the other side is proved right."""
    proved_bytes: int = 0
    changed_bytes: int = 0
    """Of objects whose copy is older or different."""
    extra: int = 0
    extra_bytes: int = 0
    behind_since: datetime | None = None
    """When the oldest object was written whose copy is missing or older."""
    incomplete: int = 0
    """Manifests that were written after a chunk that is missing beside them: what they lead to
    may not be whole."""
    copied: int = 0
    copied_bytes: int = 0
    problems_count: int = 0
    held_back: bool = False
    """Whether manifests and metadata were left, as chunks could not be copied."""
    findings: list[Finding] = field(default_factory=list[Finding])
    incomplete_manifests: list[ObjectKey] = field(default_factory=list[ObjectKey])
    problems: list[Problem] = field(default_factory=list[Problem])

    @property
    def behind(self) -> int:
        """How many objects have no copy, or not the right one."""
        return self.missing + self.older + self.different

    @property
    def behind_bytes(self) -> int:
        """How many bytes these objects have."""
        return self.missing_bytes + self.changed_bytes

    @property
    def lag(self) -> timedelta:
        """How old the oldest object is whose copy is missing or older."""
        if self.behind_since is None:
            return timedelta(0)
        return max(self.started_at - self.behind_since, timedelta(0))

    def note(self, difference: Difference) -> None:
        """Count what differs, and name it while there is room."""
        found, size = difference.shown, difference.shown.size
        match difference.kind:
            case Kind.MISSING:
                self.missing += 1
                self.missing_bytes += size
            case Kind.OLDER:
                self.older += 1
                self.changed_bytes += size
            case Kind.DIFFERENT:
                self.different += 1
                if difference.is_proved:
                    self.proved += 1
                    self.proved_bytes += size
                elif difference.proof is not None:
                    self.unproved += 1
                self.changed_bytes += size
            case Kind.EXTRA:
                self.extra += 1
                self.extra_bytes += size
        if difference.kind in {Kind.MISSING, Kind.OLDER}:
            self.behind_since = min(found.modified_at, self.behind_since or found.modified_at)
        if len(self.findings) < MAX_NAMED:
            proof = difference.proof
            damaged = proof.damaged(is_back=self.is_back) if proof else None
            self.findings.append(
                Finding(difference.kind, found.key, size, found.modified_at, damaged)
            )

    def note_incomplete(self, manifest: ObjectKey) -> None:
        """Count a manifest that may need what is missing."""
        self.incomplete += 1
        if len(self.incomplete_manifests) < MAX_NAMED:
            self.incomplete_manifests.append(manifest)

    def note_problem(self, key: ObjectKey, detail: str) -> None:
        """Count an object that could not be copied."""
        self.problems_count += 1
        if len(self.problems) < MAX_NAMED:
            self.problems.append(Problem(key, detail))


IsSound = Callable[[ObjectKey, bytes], bool | None]
"""Whether bytes are what their key promises; None where that cannot be told."""

OnProgress = Callable[[Report], Awaitable[None]]
"""Told how far it has come; raising ends the run, and another one goes on."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with a replica."""

    replica: str
    dry_run: bool = True
    back: bool = False
    """Whether the replica is copied from: what it has and the repository store lacks."""
    replace: bool = False
    """Whether what differs is replaced also when copying back."""


def _untold(_key: ObjectKey, _data: bytes) -> bool | None:
    return None


@dataclass(frozen=True, slots=True)
class Pair:
    """A bucket and its copy, one of which is the replica `replica`."""

    replica: str
    region: str
    source: ObjectStore
    target: ObjectStore
    copies: BucketCopies | None = None
    """Copies from one to the other inside their server, where there is one that can."""
    keeps_class: bool = False
    """Whether classes of storage are called alike in both."""
    is_back: bool = False
    """Whether the source is the replica."""
    is_sound: IsSound = _untold


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """How far a replica was behind when it was last compared."""

    replica: str
    region: str
    compared_at: datetime
    objects: int
    bytes: int
    missing: int
    missing_bytes: int
    older: int
    different: int
    extra: int
    extra_bytes: int
    incomplete: int
    lag: timedelta


@dataclass(frozen=True, slots=True)
class ReplicaFailure:
    """Why a replica could not be compared, when that was tried last."""

    replica: str
    failed_at: datetime
    detail: str


def state_of(report: Report) -> ReplicaState:
    """Return what is remembered of a report."""
    return ReplicaState(
        replica=report.replica,
        region=report.region,
        compared_at=report.started_at,
        objects=report.objects,
        bytes=report.bytes,
        missing=report.missing,
        missing_bytes=report.missing_bytes,
        older=report.older,
        different=report.different,
        extra=report.extra,
        extra_bytes=report.extra_bytes,
        incomplete=report.incomplete,
        lag=report.lag,
    )
