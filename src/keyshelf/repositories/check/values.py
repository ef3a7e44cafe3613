"""What a check found."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from keyshelf.errors import IntegrityError

MOST_NAMED = 1000
"""How many damaged objects, files and commits a report names; its counts are complete."""


class DamagedRepositoryError(IntegrityError):
    """Objects of a repository are missing or damaged; the report names whom it hurts."""

    code = "damaged-repository"


class Fault(StrEnum):
    """What is wrong with an object."""

    MISSING = "missing"
    TRUNCATED = "truncated"
    """Its end is gone."""
    SWAPPED = "swapped"
    """It is another object, whole, under this name."""
    CHANGED = "changed"
    """Its bytes are not those that were written."""
    UNREADABLE = "unreadable"
    """Its bytes are those that were written, and make no sense."""


@dataclass(frozen=True, slots=True)
class DamagedObject:
    """An object that is not what it must be."""

    kind: Literal["chunk", "manifest"]
    id: str
    """The id of the chunk, or the hash of the commit."""
    fault: Fault
    detail: str


@dataclass(frozen=True, slots=True)
class HurtFile:
    """A file of which something is missing, or a folder of which not even the names are left."""

    path: str
    """As `paths.path_text` writes it; a folder ends in a slash, the root is one."""
    commits: int
    """In how many commits."""
    commit: str
    """One of them."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check looked at and found. The lists name up to `MOST_NAMED` each."""

    commits: int
    """Commits that branches and tags lead to."""
    chunks: int
    """Distinct chunks that these need, nodes among them."""
    chunks_read: int
    """Those of them whose every byte was read and compared, as all nodes are."""
    bytes_read: int
    """The sizes of their objects."""
    damaged_count: int
    damaged: Sequence[DamagedObject]
    hurt_files_count: int
    """Paths, each counted once however many commits have it."""
    hurt_files: Sequence[HurtFile]
    hurt_commits_count: int
    hurt_commits: Sequence[str]
    is_cut_short: bool = False
    """There are more hurt paths than a check follows: the numbers of files are too small."""
    need_restore: int = 0
    """Objects to be read that must be restored before: neither they nor what only they lead to
    was looked at."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.damaged_count

    def require_clean(self) -> None:
        """Raise `DamagedRepositoryError` when something is wrong."""
        if not self.is_clean:
            raise DamagedRepositoryError(
                f"damaged objects: {self.damaged_count:,}; hurt files: {self.hurt_files_count:,};"
                f" hurt commits: {self.hurt_commits_count:,}"
            )
