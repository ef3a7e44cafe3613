"""What a recovery looks for, and what it found and did."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from keyshelf.errors import IntegrityError, InvalidInputError
from keyshelf.layout.keys import ObjectKey

MOST_NAMED = 1000
"""How many changes and problems a report names; it counts all."""


class VersionsOffError(InvalidInputError):
    """The bucket keeps no versions: what is deleted from it is gone. Turn versioning on."""

    code = "versions-off"


class NothingSoundError(IntegrityError):
    """No version of an object is what it must be: send it again from where its bytes are."""

    code = "nothing-sound"


class Action(StrEnum):
    """What becomes of a key."""

    UNDELETE = "undelete"
    """Its delete markers go: the object below them is there again."""
    REVERT = "revert"
    """An older version is copied over the newest one."""
    REMOVE = "remove"
    """It was not there then: it gets a delete marker."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes, or became, of one key."""

    key: ObjectKey
    action: Action
    size: int
    """Of the object that is there again; of the one that goes."""
    since: datetime
    """When the state began that is undone: the deletion, the overwriting, the making."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A key that could not be brought back."""

    key: str
    detail: str


@dataclass(slots=True)
class Recovered:
    """What a recovery did, or with `dry_run` would do."""

    dry_run: bool
    looked_at: int = 0
    """Keys, deleted ones among them."""
    undeleted: int = 0
    reverted: int = 0
    removed: int = 0
    newer: int = 0
    """Objects that were not there at the time, and stay."""
    bytes: int = 0
    """Of what was undeleted and reverted."""
    changes: list[Change] = field(default_factory=list[Change])
    """Up to `MOST_NAMED`, in the order of their keys."""
    problems_count: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])
    """Up to `MOST_NAMED`."""

    @property
    def changed(self) -> int:
        """How many keys were changed."""
        return self.undeleted + self.reverted + self.removed

    def add(self, other: "Recovered") -> None:
        """Count what another did, with what there is room to name."""
        self.looked_at += other.looked_at
        self.undeleted += other.undeleted
        self.reverted += other.reverted
        self.removed += other.removed
        self.newer += other.newer
        self.bytes += other.bytes
        self.changes += other.changes[: MOST_NAMED - len(self.changes)]
        self.problems_count += other.problems_count
        self.problems += other.problems[: MOST_NAMED - len(self.problems)]

    def note(self, change: Change) -> None:
        """Count a change, and name it while there is room."""
        match change.action:
            case Action.UNDELETE:
                self.undeleted += 1
                self.bytes += change.size
            case Action.REVERT:
                self.reverted += 1
                self.bytes += change.size
            case Action.REMOVE:
                self.removed += 1
        if len(self.changes) < MOST_NAMED:
            self.changes.append(change)

    def note_problem(self, key: str, detail: str) -> None:
        """Count a key that could not be brought back, and name it while there is room."""
        self.problems_count += 1
        if len(self.problems) < MOST_NAMED:
            self.problems.append(Problem(key, detail))
