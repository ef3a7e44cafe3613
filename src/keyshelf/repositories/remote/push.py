"""A push to a service elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from keyshelf.client.repositories import RepositoryRoutes
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.remote.failures import translated
from keyshelf.repositories.remote.moving import ChunkMover, RemotePushId
from keyshelf.repositories.values import RefName, Repository, SealedChunk


@dataclass(frozen=True, slots=True)
class RemotePush:
    """Has chunks moved to the service, and publishes there."""

    routes: RepositoryRoutes
    repository: Repository
    push: RemotePushId
    mover: ChunkMover

    async def missing(self, ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Return which chunks are not in the repository yet."""
        with translated():
            found = await self.routes.missing(self.repository.id, self.push.id, ids)
        return {ChunkId(each) for each in found}

    async def send(self, chunks: Sequence[SealedChunk]) -> None:
        """Store chunks and have them taken into the repository."""
        await self.mover.send(self.push, chunks)

    async def publish(
        self,
        commit: CommitHash,
        frame: bytes,
        manifest: Manifest,
        *,
        branch: RefName,
        expected: CommitHash | None,
    ) -> None:
        """Store the manifest of a commit, and then move a branch to it."""
        told: dict[str, str | int | None] = {"branch": branch.name, "expected": expected}
        if self.repository.keys is not None:
            told |= {
                "root": manifest.root.node.hex(),
                "parents": ",".join(manifest.parents) or None,
                "generation": manifest.generation,
                "files": manifest.root.files,
                "bytes": manifest.root.size,
            }
        with translated():
            await self.routes.publish(self.repository.id, self.push.id, commit, frame, told)
