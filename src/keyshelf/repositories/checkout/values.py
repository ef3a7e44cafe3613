"""What a checkout is asked for, what it tells, and how it can fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from keyshelf.errors import ConflictError, Error, ForbiddenError, LimitError
from keyshelf.repositories.history.content import DamagedFileError
from keyshelf.repositories.paths import path_shown, path_text
from keyshelf.store.errors import NeedsRestoreError

MOST_NAMED = 100
"""How many paths one error names."""


class WouldOverwriteError(ConflictError):
    """Local files differ from what is checked out, and are in no commit that is known here.

    The extras name up to 100 of them. Commit them, move them away, or ask to overwrite.
    """

    code = "checkout-would-overwrite"


class InTheWayError(ConflictError):
    """Something else is where a folder or file belongs; the detail names it. Move it away."""

    code = "in-the-way"


class CheckoutRunningError(ConflictError):
    """Another checkout writes into the same folder. Wait until it is done."""

    code = "checkout-running"


class FolderUnwritableError(ForbiddenError):
    """A folder or file cannot be written; the detail names it and says why.

    Nothing that was there is lost, and the same checkout goes on where this one stopped.
    """

    code = "folder-unwritable"


class FolderFullError(LimitError):
    """The disk that is checked out to is full. Make room, then run the same checkout again."""

    code = "folder-full"


class TooDeepError(LimitError):
    """A commit's folders lie in each other more deeply than any that is committed."""

    code = "checkout-too-deep"


@dataclass(slots=True)
class Progress:
    """How far a checkout is. What is right already counts as done."""

    files_total: int = 0
    files: int = 0
    bytes_total: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class CheckoutOptions:
    """How a folder is checked out."""

    overwrite: bool = False
    """Replace also what differs and is in no commit that is known here."""
    delete: bool = False
    """Remove what the last checkout or commit of the folder had and this one has not."""
    keep_going: bool = False
    """Write everything that can be read, and name the rest in the result."""
    paranoid: bool = False
    """Compare the bytes of every file, also of those that look as they were written."""
    dry_run: bool = False
    """Write nothing, and tell what would be done."""
    durable: bool = False
    """Have each file on the disk before it gets its name.

    Without it a crash of the machine (not of the program) soon after may leave files
    empty or with zeros, as with git and restic; a `paranoid` checkout puts them right.
    """
    threads: int = 2
    """How many threads verify and write."""
    bytes_at_once: int = 16 * 1024 * 1024
    """How many bytes are fetched in one call."""
    fetches_at_once: int = 4
    """How many calls are on their way."""
    on_progress: Callable[[Progress], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Unwritten:
    """What could not be checked out, and why."""

    path: bytes
    error: Error


@dataclass(slots=True)
class CheckedOut:
    """What a checkout did."""

    written: int = 0
    """Files and links that were written."""
    adjusted: int = 0
    """Files whose bytes were right, and whose permissions or times were set."""
    right: int = 0
    """Files and links that were not touched."""
    kept: int = 0
    """Files and links that were changed here since the last version, and not in the new one."""
    removed: int = 0
    """Files and links that were removed."""
    left: int = 0
    """What an earlier version had and the new one has not, which is left without `delete`."""
    bytes_written: int = 0
    """Bytes of the files that were written."""
    unwritten: list[Unwritten] = field(default_factory=list[Unwritten])
    """With `keep_going`: what cannot be read."""
    warnings: list[str] = field(default_factory=list[str])
    """What the file system does not keep, such as extended attributes."""

    def add(self, other: "CheckedOut") -> None:
        """Take in what another part of the same checkout did."""
        self.written += other.written
        self.adjusted += other.adjusted
        self.right += other.right
        self.kept += other.kept
        self.removed += other.removed
        self.left += other.left
        self.bytes_written += other.bytes_written
        self.unwritten += other.unwritten
        self.warnings += other.warnings


def would_overwrite(paths: Sequence[bytes]) -> WouldOverwriteError:
    """Return the error that names the local files that are kept."""
    named = paths[:MOST_NAMED]
    shown = ", ".join(map(path_shown, named))
    more = " and others" if len(paths) > len(named) else ""
    return WouldOverwriteError(
        f"these differ, and are in no commit that is known here: {shown}{more}."
        " Move them away, or overwrite them",
        paths=[path_text(path) for path in named],
    )


def damaged(path: bytes, error: Error) -> DamagedFileError | NeedsRestoreError:
    """Return the error that says which path cannot be read, for damage or for its class."""
    named = ("chunk", "node", "storage_class")
    said = {name: error.extras[name] for name in named if name in error.extras}
    kind = NeedsRestoreError if isinstance(error, NeedsRestoreError) else DamagedFileError
    return kind(
        f"{path_shown(path) or 'the root'} cannot be checked out: {error.detail}",
        path=path_text(path),
        **said,
    )
