"""A repository of a service elsewhere."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.retrying import RetryOptions
from keyshelf.client.transfers.objects import LinkExpiredError
from keyshelf.errors import Error
from keyshelf.layout.repository import ChunkId, CommitHash, chunk_id, commit_hash
from keyshelf.repositories.carrier import MOST_CHUNKS, StoredChunk
from keyshelf.repositories.remote.failures import translated
from keyshelf.repositories.remote.objects import fetch_all
from keyshelf.repositories.remote.push import RemotePush
from keyshelf.repositories.values import (
    ChunkMissingError,
    Ref,
    RefKind,
    RefName,
    Repository,
)
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)
_END_SECONDS = 10


@dataclass(frozen=True, slots=True)
class RemoteCarrier:
    """Asks the service, and moves chunks by the requests that it signs."""

    client: AsyncClient
    repository: Repository
    retry: RetryOptions

    async def get_chunks(self, ids: Sequence[ChunkId]) -> Sequence[bytes]:
        """Return the frames of chunks in order."""
        frames, refused = await self._fetched(ids)
        if refused:
            # Requests run out, and a collector may have been at it: the service knows.
            others, refused = await self._fetched(list(refused))
            frames |= others
        for chunk, error in refused.items():
            if not error.extras.get("is_missing"):
                raise error
            raise ChunkMissingError(f"the chunk {chunk} is not in the store", chunk=chunk)
        return [frames[chunk] for chunk in ids]

    async def get_manifest(self, commit: CommitHash) -> bytes:
        """Return the frame of a manifest."""
        with translated():
            return await self.client.repositories.manifest(self.repository.id, commit)

    async def ref(self, name: RefName) -> CommitHash | None:
        """Return where a branch or tag is."""
        with translated():
            found = await self.client.repositories.ref(
                self.repository.id, name.kind.value, name.name
            )
        return commit_hash(found.commit) if found else None

    async def refs(self) -> Sequence[Ref]:
        """Return all branches and tags."""
        with translated():
            found = await self.client.repositories.refs(self.repository.id)
        return [
            Ref(RefName(RefKind(each.kind), each.name), commit_hash(each.commit), each.updated_at)
            for each in found
        ]

    async def commits_like(self, beginning: str) -> Sequence[CommitHash]:
        """Return commits whose hashes begin so."""
        with translated():
            found = await self.client.repositories.hashes(self.repository.id, beginning)
        return [commit_hash(each) for each in found]

    async def move_ref(self, name: RefName, *, expected: CommitHash | None, to: CommitHash) -> None:
        """Move a ref, or make it."""
        with translated():
            await self.client.repositories.move_ref(
                self.repository.id, name.kind.value, name.name, expected=expected, to=to
            )

    async def delete_ref(self, name: RefName, *, expected: CommitHash) -> None:
        """Remove a ref."""
        with translated():
            await self.client.repositories.delete_ref(
                self.repository.id, name.kind.value, name.name, expected=expected
            )

    async def chunk_filter(self) -> bytes | None:
        """Return the stored Bloom filter."""
        with translated():
            return await self.client.repositories.chunk_filter(self.repository.id)

    async def stored_chunks(self) -> AsyncIterator[Sequence[StoredChunk]]:
        """Give what the store holds of this repository's chunks."""
        page: list[StoredChunk] = []
        with translated():
            async for each in self.client.repositories.stored_chunks(self.repository.id):
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
        routes, repository = self.client.repositories, self.repository.id
        with translated():
            push = await routes.open_push(repository)
        try:
            yield RemotePush(
                self.client, self.repository, push.id, bytes.fromhex(push.nonce), self.retry
            )
        finally:
            # Also for whoever is cancelled: the collector waits for pushes that are open.
            with anyio.move_on_after(_END_SECONDS, shield=True):
                try:
                    await routes.close_push(repository, push.id)
                except Error as error:
                    # It ends by itself; what went before is what the caller must hear of.
                    _log.warning("a push could not be closed", why=error.detail)

    async def _fetched(
        self, ids: Sequence[ChunkId]
    ) -> tuple[dict[ChunkId, bytes], dict[ChunkId, LinkExpiredError]]:
        wanted = list(dict.fromkeys(ids))
        with translated():
            requests = await self.client.repositories.downloads(self.repository.id, wanted)
            return await fetch_all(self.client, requests, retry=self.retry)
