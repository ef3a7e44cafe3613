"""What a rebuild found and added."""

from dataclasses import dataclass, field

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.formats.documents import RepositoryDocument
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.references import Named
from keyshelf.repositories.refs.queries import CommitRow
from keyshelf.repositories.values import RefName

MOST_PROBLEMS = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be restored."""

    key: str
    """Of the object that could not be read."""
    detail: str


@dataclass(frozen=True, slots=True)
class Parted:
    """A ref that led to different commits in the database and in the store: both are kept."""

    repository: str
    kind: str
    name: str
    stays: str
    """The commit of the database, to which it leads."""
    other: str
    """The commit of the store."""
    kept_as: str
    """The tag that leads to the other."""


@dataclass(slots=True)
class Rebuilt:
    """What was added, or would be."""

    found: int = 0
    """Repositories that the store has documents of."""
    repositories: int = 0
    refs: int = 0
    commits: int = 0
    chunks: int = 0
    locked: list[str] = field(default_factory=list[str])
    """Encrypted repositories that nothing opened: all chunks of their key are theirs."""
    parted: list[Parted] = field(default_factory=list[Parted])
    """Refs that went two ways, after a restored backup of the database: somebody joins them."""
    missing: int = 0
    """Chunks that commits need and the store does not have: check these repositories."""
    unowned: int = 0
    """Chunks that no commit needs: the collector is told of them if there is no problem."""
    problems_count: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])
    """Up to `MOST_PROBLEMS`."""

    def note_parted(
        self,
        repository: str,
        name: RefName,
        *,
        stays: CommitHash,
        other: CommitHash,
        kept_as: RefName,
    ) -> None:
        """Tell of a ref that went two ways."""
        self.parted.append(
            Parted(repository, name.kind.value, name.name, stays, other, kept_as.name)
        )

    def note_problem(self, key: ObjectKey, detail: str) -> None:
        """Tell of something that could not be restored."""
        self.problems_count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(key, detail))


@dataclass(slots=True)
class FoundRepository:
    """A repository as its objects tell of it."""

    document: RepositoryDocument
    record: RepositoryRecord
    """As it is in the database, or shall be."""
    is_new: bool
    keys: Keys | None
    commits: dict[CommitHash, CommitRow] = field(default_factory=dict[CommitHash, CommitRow])
    lost: set[CommitHash] = field(default_factory=set[CommitHash])
    """Commits that something leads to and that the store does not have."""
    roots: list[Named] = field(default_factory=list[Named])

    @property
    def is_locked(self) -> bool:
        """Whether nobody here can read what is in it."""
        return self.record.is_encrypted and self.keys is None
