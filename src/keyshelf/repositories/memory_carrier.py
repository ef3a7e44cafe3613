"""A repository in memory, as a carrier: for tests and to try things out."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from keyshelf.clock import Clock, system_clock
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.carrier import StoredChunk
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.values import (
    ChunkMissingError,
    Ref,
    RefMovedError,
    RefName,
    RefNotFoundError,
    Repository,
    SealedChunk,
)


class MemoryCarrier:
    """Keeps everything in dictionaries; it is its own push, which never ends."""

    def __init__(self, repository: Repository, clock: Clock = system_clock) -> None:
        self.repository = repository
        self.chunks: dict[ChunkId, bytes] = {}
        self.manifests: dict[CommitHash, bytes] = {}
        self.positions: dict[RefName, Ref] = {}
        self._clock = clock

    async def missing(self, ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Return which chunks are not in the repository yet."""
        return {each for each in ids if each not in self.chunks}

    async def send(self, chunks: Sequence[SealedChunk]) -> None:
        """Store chunks; the first stays."""
        for chunk in chunks:
            self.chunks.setdefault(chunk.id, chunk.frame)

    async def publish(
        self,
        commit: CommitHash,
        frame: bytes,
        manifest: Manifest,
        *,
        branch: RefName,
        expected: CommitHash | None,
    ) -> None:
        """Store a manifest and move a branch to it."""
        if manifest.root.node.hex() not in self.chunks:
            raise ChunkMissingError(
                "the commit's root was not sent", chunk=manifest.root.node.hex()
            )
        self.manifests[commit] = frame
        await self.move_ref(branch, expected=expected, to=commit)

    async def get_chunks(self, ids: Sequence[ChunkId]) -> Sequence[bytes]:
        """Return the frames of chunks."""
        for chunk in ids:
            if chunk not in self.chunks:
                raise ChunkMissingError("there is no such chunk", chunk=chunk)
        return [self.chunks[chunk] for chunk in ids]

    async def get_manifest(self, commit: CommitHash) -> bytes:
        """Return the frame of a manifest."""
        try:
            return self.manifests[commit]
        except KeyError:
            raise RefNotFoundError("there is no such commit", commit=commit) from None

    async def ref(self, name: RefName) -> CommitHash | None:
        """Return where a ref is."""
        found = self.positions.get(name)
        return found.commit if found else None

    async def refs(self) -> Sequence[Ref]:
        """Return all refs."""
        return sorted(self.positions.values(), key=lambda ref: (ref.name.kind, ref.name.name))

    async def commits_like(self, beginning: str) -> Sequence[CommitHash]:
        """Return commits whose hashes begin so."""
        return sorted(each for each in self.manifests if each.startswith(beginning))[:10]

    async def move_ref(self, name: RefName, *, expected: CommitHash | None, to: CommitHash) -> None:
        """Move a ref, or make it."""
        found = await self.ref(name)
        if to not in self.manifests:
            raise RefNotFoundError("there is no such commit", commit=to)
        if found not in (expected, to):
            raise RefMovedError(f"{name.name} moved", expected=expected, found=found)
        self.positions[name] = Ref(name, to, self._clock())

    async def delete_ref(self, name: RefName, *, expected: CommitHash) -> None:
        """Remove a ref."""
        found = await self.ref(name)
        if found not in (expected, None):
            raise RefMovedError(f"{name.name} moved", expected=expected, found=found)
        self.positions.pop(name, None)

    async def chunk_filter(self) -> bytes | None:
        """Return no filter: there is nothing to spare here."""
        return None

    async def stored_chunks(self) -> AsyncIterator[Sequence[StoredChunk]]:
        """Give all chunks."""
        now = self._clock()
        yield [StoredChunk(each, len(self.chunks[each]), None, now) for each in sorted(self.chunks)]

    @asynccontextmanager
    async def push(self) -> AsyncGenerator["MemoryCarrier"]:
        """Give the carrier itself."""
        yield self
