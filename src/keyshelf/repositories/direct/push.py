"""A push on the machine of the stores."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from keyshelf.layout.repository import ChunkId, CommitHash, chunk_key, manifest_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.chunks import queries as chunk_rows
from keyshelf.repositories.chunks.queries import VerifiedChunk
from keyshelf.repositories.chunks.reservations import reserve
from keyshelf.repositories.chunks.verifying import make_right
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.objects import chunk_object, manifest_object
from keyshelf.repositories.parts import RepositoryParts
from keyshelf.repositories.publishing import publish
from keyshelf.repositories.pushes import queries as push_rows
from keyshelf.repositories.values import PushExpiredError, RefName, Repository, SealedChunk
from keyshelf.store.base import PutResult


@dataclass(frozen=True, slots=True)
class DirectPush:
    """Writes objects and rows itself; what it sealed itself needs no other proof."""

    parts: RepositoryParts
    record: RepositoryRecord
    repository: Repository
    identity: str
    id: UUID

    async def missing(self, ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Return which chunks are not in the repository yet."""
        async with self.parts.database.read() as tx:
            return set(ids) - await chunk_rows.present(tx, self.record.number, ids)

    async def send(self, chunks: Sequence[SealedChunk]) -> None:
        """Store chunks and take them into the repository.

        A crash before the last transaction leaves objects without rows, which the
        collector finds by their reservation.
        """
        parts, number = self.parts, self.record.number
        keys = [chunk_key(chunk.id) for chunk in chunks]
        reservation = await reserve(parts, number, self.id, keys)
        now = parts.clock()
        objects = [chunk_object(self.record, chunk, parts.options, now) for chunk in chunks]
        results = await parts.store.put_many(objects)
        existed = [
            chunk
            for chunk, result in zip(chunks, results, strict=True)
            if result is PutResult.EXISTED
        ]
        there = await self._prove(existed)
        taken = [
            VerifiedChunk(each.id, each.size, there.get(each.id, len(each.frame)))
            for each in chunks
        ]
        async with parts.database.transaction() as tx:
            await chunk_rows.take_in(tx, number, taken)
            # Whoever found the reservation gone may have deleted what it kept.
            if not await push_rows.release(tx, reservation):
                raise PushExpiredError("this push is over: it took too long; commit again")

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
        parts = self.parts
        key = manifest_key(self.record.id, commit)
        reservation = await reserve(parts, self.record.number, self.id, [key])
        made = manifest_object(self.record, commit, frame, manifest, parts.options)
        # Its bytes were made here from what its name says: whatever is there is no better.
        await parts.store.put(made.key, made.body, made.options)
        await publish(
            parts,
            self.record,
            commit,
            manifest,
            branch=branch,
            expected=expected,
            push=self.id,
            reservation=reservation,
            identity=self.identity,
        )

    async def _prove(self, existed: Sequence[SealedChunk]) -> dict[ChunkId, int]:
        """Return the sizes of objects that were there before, each right by then."""
        if not existed:
            return {}
        # What is in a repository like this was proved when it came there. Anything else is
        # what a crash has left, or what somebody put there who could: it is looked at.
        async with self.parts.database.read() as tx:
            ids = [chunk.id for chunk in existed]
            sizes = await chunk_rows.held_alike(tx, self.record.number, ids)
        for chunk in existed:
            if chunk.id not in sizes:
                sizes[chunk.id] = await make_right(
                    self.parts, self.record, chunk, self.repository.keys
                )
        return sizes
