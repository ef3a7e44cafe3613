"""What a commit is told, and what it tells."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.sending import SendingOptions, Sent


@dataclass(slots=True)
class Progress:
    """How far a commit is."""

    files: int = 0
    """Files that are done, those that did not change included."""
    files_in_all: int | None = None
    """None until the folder was gone through."""
    bytes_read: int = 0
    bytes_to_read: int | None = None
    """What `bytes_read` comes to; None until known, and less than it if files grow."""
    sent: Sent = field(default_factory=Sent)
    """What was new so far."""


@dataclass(frozen=True, slots=True)
class CommitOptions:
    """How a commit is made."""

    paranoid: bool = False
    """Read every file, also those that look as they did."""
    allow_empty: bool = False
    """Make a commit also when nothing changed."""
    as_is: bool = False
    """Commit the folder as it is, even if that undoes commits which it does not stand on."""
    xattrs: bool = False
    """Keep extended attributes in the `user.` namespace (Linux only)."""
    own: frozenset[bytes] = frozenset()
    """Folders, from the root, in which Keyshelf keeps its own data: they are left out."""
    batches_at_once: int = field(default_factory=lambda: min(2 * (os.cpu_count() or 2), 8))
    """How many large files, or batches of small ones, are read at once.

    More than there are cores: each waits now and then for what it read to be taken.
    """
    sending: SendingOptions = field(default_factory=SendingOptions)
    on_progress: Callable[[Progress], None] = lambda _: None
    """Called often; do little in it."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What became of a commit."""

    hash: CommitHash
    """The commit where the branch is."""
    manifest: Manifest
    is_new: bool
    """False when nothing had changed since the branch's last commit, which this then is."""
    is_sure: bool
    """Whether it was known which version the folder stands on, so that nothing is undone."""
    sent: Sent
    """What was new in it."""
    files_read: int
    bytes_read: int
    skipped: Sequence[str]
    """Sockets, pipes and devices, which are not kept."""
