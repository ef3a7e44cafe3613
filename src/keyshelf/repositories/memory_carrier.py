"""A repository in memory, as a carrier: for tests and to try things out."""

from collections.abc import Sequence

from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.values import (
    ChunkMissingError,
    RefMovedError,
    RefName,
    RefNotFoundError,
    Repository,
    SealedChunk,
)


class MemoryCarrier:
    """Keeps everything in dictionaries."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.chunks: dict[ChunkId, bytes] = {}
        self.present: set[ChunkId] = set()
        self.manifests: dict[CommitHash, bytes] = {}
        self.refs: dict[RefName, CommitHash] = {}

    async def missing(self, ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Return which chunks are not in the repository yet."""
        return set(ids) - self.present

    async def put_chunk(self, chunk: SealedChunk) -> None:
        """Store a chunk; the first stays."""
        self.chunks.setdefault(chunk.id, chunk.frame)

    async def confirm(self, chunks: Sequence[SealedChunk]) -> None:
        """Take stored chunks into the repository."""
        self.present.update(chunk.id for chunk in chunks)

    async def get_chunk(self, chunk: ChunkId) -> bytes:
        """Return the frame of a chunk."""
        try:
            return self.chunks[chunk]
        except KeyError:
            raise ChunkMissingError("there is no such chunk", chunk=chunk) from None

    async def put_manifest(
        self,
        commit: CommitHash,
        frame: bytes,
        manifest: Manifest,  # noqa: ARG002 -- other carriers write it into metadata
    ) -> None:
        """Store a manifest."""
        self.manifests[commit] = frame

    async def get_manifest(self, commit: CommitHash) -> bytes:
        """Return the frame of a manifest."""
        try:
            return self.manifests[commit]
        except KeyError:
            raise RefNotFoundError("there is no such commit", commit=commit) from None

    async def ref(self, name: RefName) -> CommitHash | None:
        """Return where a ref is."""
        return self.refs.get(name)

    async def move_ref(self, name: RefName, *, expected: CommitHash | None, to: CommitHash) -> None:
        """Move a ref, or make it."""
        found = self.refs.get(name)
        if found not in (expected, to):
            raise RefMovedError(f"{name.name} moved", expected=expected, found=found)
        self.refs[name] = to
