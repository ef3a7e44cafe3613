"""A repository of a service elsewhere."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from keyshelf.client.repositories import RepositoryRoutes
from keyshelf.errors import Error
from keyshelf.layout.repository import ChunkId, CommitHash, chunk_id, commit_hash
from keyshelf.repositories.carrier import MOST_CHUNKS, StoredChunk
from keyshelf.repositories.remote.failures import translated
from keyshelf.repositories.remote.moving import ChunkMover, RemotePushId
from keyshelf.repositories.remote.push import RemotePush
from keyshelf.repositories.values import (
    Ref,
    RefKind,
    RefName,
    Repository,
)

# The standard library's, for the command line loads this: the other takes longer than most
# commands run.
_log = logging.getLogger(__name__)
_END_SECONDS = 10


@dataclass(frozen=True, slots=True)
class RemoteCarrier:
    """Asks the service, which says how chunks are moved."""

    routes: RepositoryRoutes
    repository: Repository
    mover: ChunkMover

    async def get_chunks(self, ids: Sequence[ChunkId]) -> Sequence[bytes]:
        """Return the frames of chunks in order."""
        frames = await self.mover.fetch(ids)
        return [frames[chunk] for chunk in ids]

    async def get_manifest(self, commit: CommitHash) -> bytes:
        """Return the frame of a manifest."""
        with translated():
            return await self.routes.manifest(self.repository.id, commit)

    async def ref(self, name: RefName) -> CommitHash | None:
        """Return where a branch or tag is."""
        with translated():
            found = await self.routes.ref(self.repository.id, name.kind.value, name.name)
        return commit_hash(found.commit) if found else None

    async def refs(self) -> Sequence[Ref]:
        """Return all branches and tags."""
        with translated():
            found = await self.routes.refs(self.repository.id)
        return [
            Ref(RefName(RefKind(each.kind), each.name), commit_hash(each.commit), each.updated_at)
            for each in found
        ]

    async def commits_like(self, beginning: str) -> Sequence[CommitHash]:
        """Return commits whose hashes begin so."""
        with translated():
            found = await self.routes.hashes(self.repository.id, beginning)
        return [commit_hash(each) for each in found]

    async def move_ref(self, name: RefName, *, expected: CommitHash | None, to: CommitHash) -> None:
        """Move a ref, or make it."""
        with translated():
            await self.routes.move_ref(
                self.repository.id, name.kind.value, name.name, expected=expected, to=to
            )

    async def delete_ref(self, name: RefName, *, expected: CommitHash) -> None:
        """Remove a ref."""
        with translated():
            await self.routes.delete_ref(
                self.repository.id, name.kind.value, name.name, expected=expected
            )

    async def chunk_filter(self) -> bytes | None:
        """Return the stored Bloom filter."""
        with translated():
            return await self.routes.chunk_filter(self.repository.id)

    async def stored_chunks(self) -> AsyncIterator[Sequence[StoredChunk]]:
        """Give what the store holds of this repository's chunks."""
        page: list[StoredChunk] = []
        with translated():
            async for each in self.routes.stored_chunks(self.repository.id):
                page.append(
                    StoredChunk(
                        chunk_id(each.hash), each.size, each.storage_class, each.last_modified
                    )
                )
                if len(page) == MOST_CHUNKS:
                    yield page
                    page = []
        yield page

    @asynccontextmanager
    async def push(self) -> AsyncGenerator[RemotePush]:
        """Open a push."""
        with translated():
            opened = await self.routes.open_push(self.repository.id)
        push = RemotePushId(opened.id, bytes.fromhex(opened.nonce))
        try:
            yield RemotePush(self.routes, self.repository, push, self.mover)
        finally:
            # Also for whoever is cancelled: the collector waits for pushes that are open.
            with anyio.move_on_after(_END_SECONDS, shield=True):
                try:
                    await self.routes.close_push(self.repository.id, push.id)
                except Error as error:
                    # It ends by itself; what went before is what the caller must hear of.
                    _log.warning("a push could not be closed: %s", error.detail)
