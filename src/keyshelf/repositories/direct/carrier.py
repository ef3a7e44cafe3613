"""A repository on the machine of its stores."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_bytes

import anyio

from keyshelf.layout.repository import (
    ChunkId,
    CommitHash,
    bloom_key,
    chunk_key,
    manifest_key,
)
from keyshelf.repositories import publishing as refs
from keyshelf.repositories.carrier import StoredChunk
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks.listing import all_stored
from keyshelf.repositories.direct.push import DirectPush
from keyshelf.repositories.formats.frame import MAX_CONTENT, FrameType
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.pushes import queries as push_rows
from keyshelf.repositories.pushes.values import NONCE_BYTES, OpenPush
from keyshelf.repositories.reading import DamagedObjectError
from keyshelf.repositories.refs import queries as ref_rows
from keyshelf.repositories.values import (
    ChunkMissingError,
    Ref,
    RefName,
    RefNotFoundError,
    Repository,
    chunk_needs_restore,
)
from keyshelf.store.errors import NeedsRestoreError, ObjectNotFoundError

_MOST_LIKE = 10
_MOST_MANIFEST_BYTES = MAX_CONTENT[FrameType.MANIFEST] + 128
_END_SECONDS = 10


@dataclass(frozen=True, slots=True)
class DirectCarrier:
    """Reads objects and rows itself, as the identity that it was opened for."""

    parts: RepositoryParts
    record: RepositoryRecord
    repository: Repository
    identity: str

    async def get_chunks(self, ids: Sequence[ChunkId]) -> Sequence[bytes]:
        """Return the frames of chunks in order."""
        try:
            found = await self.parts.store.get_many([chunk_key(chunk) for chunk in ids])
        except NeedsRestoreError as error:
            raise chunk_needs_restore(error) from error
        frames: list[bytes] = []
        for chunk, frame in zip(ids, found, strict=True):
            if frame is None:
                raise ChunkMissingError(f"the chunk {chunk} is not in the store", chunk=chunk)
            frames.append(frame)
        return frames

    async def get_manifest(self, commit: CommitHash) -> bytes:
        """Return the frame of a manifest."""
        try:
            async with await self.parts.store.get(manifest_key(self.record.id, commit)) as reader:
                if reader.meta.size > _MOST_MANIFEST_BYTES:
                    raise DamagedObjectError(
                        f"the manifest {commit} is damaged: none has {reader.meta.size} bytes",
                        manifest=commit,
                    )
                return await reader.read()
        except ObjectNotFoundError as error:
            raise RefNotFoundError(f"there is no commit {commit}", commit=commit) from error

    async def ref(self, name: RefName) -> CommitHash | None:
        """Return where a branch or tag is."""
        async with self.parts.database.read() as tx:
            found = await ref_rows.ref(tx, self.record.number, name)
        return found.commit if found else None

    async def refs(self) -> Sequence[Ref]:
        """Return all branches and tags."""
        async with self.parts.database.read() as tx:
            return await ref_rows.refs(tx, self.record.number)

    async def commits_like(self, beginning: str) -> Sequence[CommitHash]:
        """Return commits whose hashes begin so."""
        first, last = beginning.ljust(64, "0"), beginning.ljust(64, "f")
        async with self.parts.database.read() as tx:
            return await ref_rows.commits_between(
                tx,
                self.record.number,
                bytes.fromhex(first),
                bytes.fromhex(last),
                limit=_MOST_LIKE,
            )

    async def move_ref(self, name: RefName, *, expected: CommitHash | None, to: CommitHash) -> None:
        """Move a ref, or make it."""
        await refs.move_ref(
            self.parts, self.record, name, expected=expected, to=to, identity=self.identity
        )

    async def delete_ref(self, name: RefName, *, expected: CommitHash) -> None:
        """Remove a ref."""
        await refs.delete_ref(self.parts, self.record, name, expected=expected)

    async def chunk_filter(self) -> bytes | None:
        """Return the stored Bloom filter."""
        try:
            async with await self.parts.store.get(bloom_key(self.record.id)) as reader:
                return await reader.read()
        except ObjectNotFoundError:
            return None

    def stored_chunks(self) -> AsyncIterator[Sequence[StoredChunk]]:
        """Give what the store holds of this repository's chunks."""
        return all_stored(self.parts, self.record)

    @asynccontextmanager
    async def push(self) -> AsyncGenerator[DirectPush]:
        """Open a push."""
        parts, now = self.parts, self.parts.clock()
        push = OpenPush(parts.new_id(), token_bytes(NONCE_BYTES), now + parts.options.push_life)
        async with parts.database.transaction() as tx:
            await push_rows.begin(tx, self.record.number, push, identity=self.identity, now=now)
        try:
            yield DirectPush(parts, self.record, self.repository, self.identity, push.id)
        finally:
            # Also for whoever is cancelled: the collector waits for pushes that are open.
            with anyio.move_on_after(_END_SECONDS, shield=True):
                async with parts.database.transaction() as tx:
                    await push_rows.end(tx, push.id)
