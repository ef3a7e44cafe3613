"""What is told of a repository's refs as a whole."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefSummary:
    """How many refs a repository has, and which branch is shown first."""

    branches: int = 0
    tags: int = 0
    default_branch: str | None = None
    """`main`, or else the first by name."""
