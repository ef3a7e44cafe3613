"""The shapes of requests and answers about replicas."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from keyshelf.api.schemas import Answer, Request
from keyshelf.operations.replicas.values import ReplicaFailure, ReplicaState


class ReplicaStateOut(Answer):
    """How far a replica was behind when it was last compared."""

    compared_at: datetime
    objects: int
    """What the repository store held of it."""
    bytes: int
    missing: int
    missing_bytes: int
    older: int
    different: int
    extra: int
    """What only the replica has: it is never deleted."""
    extra_bytes: int
    incomplete: int
    """Manifests that may need a chunk which is missing beside them."""
    lag_seconds: float
    """The age of the oldest object that is missing or older there."""

    @classmethod
    def of(cls, state: ReplicaState) -> Self:
        """Return the shape of a state."""
        return cls(
            compared_at=state.compared_at,
            objects=state.objects,
            bytes=state.bytes,
            missing=state.missing,
            missing_bytes=state.missing_bytes,
            older=state.older,
            different=state.different,
            extra=state.extra,
            extra_bytes=state.extra_bytes,
            incomplete=state.incomplete,
            lag_seconds=state.lag.total_seconds(),
        )


class ReplicaFailureOut(Answer):
    """Why a replica could not be compared."""

    failed_at: datetime
    detail: str

    @classmethod
    def of(cls, failure: ReplicaFailure) -> Self:
        """Return the shape of a failure."""
        return cls(failed_at=failure.failed_at, detail=failure.detail)


class ReplicaOut(Answer):
    """A replica of the repository store."""

    id: str
    region: str
    bucket: str
    state: ReplicaStateOut | None
    """Null until it was compared."""
    failure: ReplicaFailureOut | None
    """Null unless the last comparison failed: `state` is of an earlier one then."""


class ReplicasOut(Answer):
    """The replicas that are set."""

    items: Sequence[ReplicaOut]


class BackfillReplicaIn(Request):
    """What is to be copied."""

    dry_run: bool = True
    """Compare only: the job's result says what would be copied."""
    back: bool = False
    """Copy from the replica what the repository store itself lacks: after a region was lost."""
    replace: bool = False
    """With `back`: also what differs, not only what is missing."""
