"""The way to a repository: straight to the stores, or over HTTP."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.values import Ref, RefName, Repository, SealedChunk

MOST_IDS = 10_000
"""How many ids a question may name."""
MOST_CHUNKS = 1_000
"""How many chunks are sent or fetched in one call."""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as a listing of the store shows it."""

    id: ChunkId
    stored_size: int
    """Bytes of the object."""
    storage_class: str | None
    modified_at: datetime
    recorded_size: int | None = None
    """Bytes that it had when it was verified; None where nobody wrote that down."""


class Push(Protocol):
    """Writing to a repository: from its opening until it is published or left.

    What it was told to be there stays there until then, whoever collects garbage. It
    may be used by several tasks at once.
    """

    async def missing(self, ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Return which of up to 10,000 chunks are not in the repository yet."""
        ...

    async def send(self, chunks: Sequence[SealedChunk]) -> None:
        """Store up to 1,000 chunks and take them into the repository, verified.

        Those that are in the store already are left as they are. Stopped anywhere,
        some of them are in the repository and the rest can be sent again.
        """
        ...

    async def publish(
        self,
        commit: CommitHash,
        frame: bytes,
        manifest: Manifest,
        *,
        branch: RefName,
        expected: CommitHash | None,
    ) -> None:
        """Store the manifest of a commit, and then move a branch to it from `expected`.

        `expected=None` makes the branch. Raises `RefMovedError` when the branch is
        elsewhere, `PushExpiredError` when the push took too long, `ChunkMissingError` when
        the commit's root was not sent, or elsewhere anything that it leads to. Again after a
        lost answer is safe.
        """
        ...


class Carrier(Protocol):
    """What commit, checkout and everything that reads needs of a repository.

    One implementation of those serves every carrier. It may be used by several tasks
    at once.
    """

    @property
    def repository(self) -> Repository:
        """The repository at the other end."""
        ...

    async def get_chunks(self, ids: Sequence[ChunkId]) -> Sequence[bytes]:
        """Return the frames of up to 1,000 chunks in order, unverified.

        Raises `ChunkMissingError`, which names one that is not there.
        """
        ...

    async def get_manifest(self, commit: CommitHash) -> bytes:
        """Return the frame of a manifest, unverified. Raises `RefNotFoundError`."""
        ...

    async def ref(self, name: RefName) -> CommitHash | None:
        """Return where a branch or tag is; None when there is none."""
        ...

    async def refs(self) -> Sequence[Ref]:
        """Return all branches and tags, in the order of their names."""
        ...

    async def commits_like(self, beginning: str) -> Sequence[CommitHash]:
        """Return up to ten commits whose hashes begin so, at least four digits."""
        ...

    async def move_ref(self, name: RefName, *, expected: CommitHash | None, to: CommitHash) -> None:
        """Move a ref from `expected` to a commit, or make it when that is None.

        Raises `RefMovedError` when it is elsewhere, `RefNotFoundError` when there is no
        such commit. Again after a lost answer is safe.
        """
        ...

    async def delete_ref(self, name: RefName, *, expected: CommitHash) -> None:
        """Remove a ref; one that is not there is success. Raises `RefMovedError`."""
        ...

    async def chunk_filter(self) -> bytes | None:
        """Return the stored Bloom filter of the repository's chunks; None without one."""
        ...

    def stored_chunks(self) -> AsyncIterator[Sequence[StoredChunk]]:
        """Give what the store holds of this repository's chunks, in the order of ids."""
        ...

    def push(self) -> AbstractAsyncContextManager[Push]:
        """Open a push; leaving the block without publishing gives it up."""
        ...
