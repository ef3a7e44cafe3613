"""What is looked at, and what is found."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sample:
    """How many folders' sizes are compared, those that changed last, and how many findings told."""

    folders: int
    shown: int


@dataclass(frozen=True, slots=True)
class FolderInCycle:
    """A folder that is its own ancestor, which only foreign SQL can make."""

    id: UUID
    key: str


@dataclass(frozen=True, slots=True)
class WrongSize:
    """A folder whose size is not the sum of what it holds."""

    id: UUID
    key: str
    says: int
    holds: int
