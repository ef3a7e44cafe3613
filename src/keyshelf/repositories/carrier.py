"""The way to a repository: straight to the stores, or over HTTP."""

from collections.abc import Sequence
from typing import Protocol

from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.values import RefName, Repository, SealedChunk

MOST_IDS = 10_000
"""How many ids a question may name."""


class Carrier(Protocol):
    """What commit, checkout and everything that reads needs of a repository.

    One implementation of those serves every carrier. All of them may be called by
    several tasks at once.
    """

    @property
    def repository(self) -> Repository:
        """The repository at the other end."""
        ...

    async def missing(self, ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Return which of up to 10,000 chunks are not in the repository yet."""
        ...

    async def put_chunk(self, chunk: SealedChunk) -> None:
        """Store a chunk; one that is there already is left as it is.

        It is in the repository only after `confirm`.
        """
        ...

    async def confirm(self, chunks: Sequence[SealedChunk]) -> None:
        """Take stored chunks into the repository, after their bytes proved to be theirs."""
        ...

    async def get_chunk(self, chunk: ChunkId) -> bytes:
        """Return the frame of a chunk, unverified. Raises `ChunkMissingError`."""
        ...

    async def put_manifest(self, commit: CommitHash, frame: bytes, manifest: Manifest) -> None:
        """Store the manifest of a commit, all of whose chunks are in the repository."""
        ...

    async def get_manifest(self, commit: CommitHash) -> bytes:
        """Return the frame of a manifest, unverified. Raises `RefNotFoundError`."""
        ...

    async def ref(self, name: RefName) -> CommitHash | None:
        """Return where a branch or tag is; None when there is none."""
        ...

    async def move_ref(self, name: RefName, *, expected: CommitHash | None, to: CommitHash) -> None:
        """Move a ref from `expected`, or make it when that is None.

        Raises `RefMovedError` when it is elsewhere. Again after a lost answer is safe.
        """
        ...
