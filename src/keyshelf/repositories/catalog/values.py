"""A repository as the database knows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from keyshelf.layout.drive import OwnerId
from keyshelf.layout.repository import RepositoryId
from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.slots import Slot
from keyshelf.repositories.values import Repository, RepositoryName

RepositoryNumber = NewType("RepositoryNumber", int)
"""What rows call a repository: four bytes instead of sixteen in each of many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryFacts:
    """What a repository is, whether or not anybody can open it."""

    id: RepositoryId
    name: RepositoryName
    created_at: datetime
    cutting: Cutting
    level: int
    key_id: bytes | None
    """Of which secret its keys are; None when not encrypted."""
    slots: Sequence[Slot]
    generation: int
    """Grows by one with every change of refs, name or key slots: the ETag of the API."""

    @property
    def is_encrypted(self) -> bool:
        """Whether its content can be read with keys only."""
        return self.key_id is not None

    def opened(self, keys: Keys | None) -> Repository:
        """Return the repository as it is read and written, with its keys if it has any."""
        return Repository(
            id=self.id,
            name=self.name,
            created_at=self.created_at,
            cutting=self.cutting,
            level=self.level,
            keys=keys,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryRecord(RepositoryFacts):
    """A repository where its rows are."""

    number: RepositoryNumber
    owner: OwnerId
    """Whose it is; `shared` is everybody's who is signed in."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a repository holds."""

    commits: int = 0
    """Commits that a branch or tag leads to, as far as the collector has looked."""
    logical_bytes: int = 0
    """The sizes of all commits' files: what a copy of each would take."""
    chunks: int = 0
    chunk_bytes: int = 0
    """Bytes of all distinct chunks before compression."""
    stored_bytes: int = 0
    """Bytes of their objects."""
    changed_at: datetime | None = None
    """When a branch or tag last moved."""
