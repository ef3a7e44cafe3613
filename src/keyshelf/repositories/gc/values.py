"""What the collector tells of a run."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Collected:
    """What a run of the collector did, or would do."""

    commits_condemned: int
    """Commits that no branch or tag leads to, found so for the first time."""
    commits_deleted: int
    chunks_condemned: int
    chunks_deleted: int
    objects: int
    """Objects that nobody else has: what the store loses."""
    bytes_freed: int
    """Sizes of those of them that are chunks."""


class Deletion(StrEnum):
    """What became of a chunk that was to be deleted."""

    DELETED = "deleted"
    IN_USE = "in-use"
    """A commit leads to it, or somebody who writes may rely on it."""
    NOT_FOUND = "not-found"
