"""A push to a service elsewhere."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import anyio.to_thread

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.failures import RemoteInvalidInputError
from keyshelf.client.repository_values import AnnouncedChunk, ClaimedChunk
from keyshelf.client.retrying import RetryOptions
from keyshelf.client.transfers.objects import StoreUnavailableError
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.chunks.proofs import proof_of
from keyshelf.repositories.formats import frame
from keyshelf.repositories.formats.frame import Codec, FrameType
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.remote.failures import translated
from keyshelf.repositories.remote.objects import put_all
from keyshelf.repositories.values import RefName, Repository, SealedChunk

_NOT_AS_NAMED = "chunk-not-as-named"


@dataclass(frozen=True, slots=True)
class RemotePush:
    """Sends chunks straight to the store, and has the service look at them."""

    client: AsyncClient
    repository: Repository
    id: UUID
    nonce: bytes = field(repr=False)
    retry: RetryOptions

    async def missing(self, ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Return which chunks are not in the repository yet."""
        with translated():
            found = await self.client.repositories.missing(self.repository.id, self.id, ids)
        return {ChunkId(each) for each in found}

    async def send(self, chunks: Sequence[SealedChunk]) -> None:
        """Store chunks and have them taken into the repository."""
        with translated():
            late = await self._send(chunks)
            if late:
                # Their requests ran out on the way, which new ones do not do at once.
                late = await self._send(late)
        if late:
            raise StoreUnavailableError(
                f"the store refuses {len(late)} chunks that the service lets it have: its clock"
                " may be wrong, or its keys may not write"
            )

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
            await self.client.repositories.publish(self.repository.id, self.id, commit, frame, told)

    async def _send(self, chunks: Sequence[SealedChunk]) -> list[SealedChunk]:
        announced = await anyio.to_thread.run_sync(lambda: [_announced(each) for each in chunks])
        signed = await self.client.repositories.uploads(self.repository.id, self.id, announced)
        if signed.reservation is None:
            return []
        by_id = {each.id: each for each in chunks}
        pairs = [(request, by_id[ChunkId(request.id)]) for request in signed.uploads]
        late = await put_all(self.client, pairs, retry=self.retry)
        left = {each.id for each in late}
        sent = [chunk for _, chunk in pairs if chunk.id not in left]
        refused = await self._confirm(signed.reservation, sent)
        for chunk in sent:
            if chunk.id in refused:
                # Something else is in its place; the service can put that right.
                await self.client.repositories.send_chunk(
                    self.repository.id, self.id, chunk.id, chunk.frame
                )
        if refused:
            await self._confirm(
                signed.reservation, [each for each in sent if each.id not in refused], again=True
            )
        return late

    async def _confirm(
        self, reservation: UUID, sent: Sequence[SealedChunk], *, again: bool = False
    ) -> set[str]:
        """Have chunks taken in; returns those that the store has other bytes of."""
        if not sent:
            return set()
        claims = await anyio.to_thread.run_sync(lambda: [self._claim(each) for each in sent])
        try:
            await self.client.repositories.confirm(self.repository.id, self.id, reservation, claims)
        except RemoteInvalidInputError as error:
            refused = error.extras.get("ids")
            if again or error.code != _NOT_AS_NAMED or not isinstance(refused, list):
                raise
            return {str(each) for each in refused}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # a list out of JSON
        return set()

    def _claim(self, chunk: SealedChunk) -> ClaimedChunk:
        proved = chunk.frame
        if self.repository.keys is None:
            proved = frame.open_frame(
                chunk.frame, type=FrameType.CHUNK, digest=bytes.fromhex(chunk.id), keys=None
            )
        return ClaimedChunk(chunk.id, chunk.size, proof_of(proved, self.nonce).hex())


def _announced(chunk: SealedChunk) -> AnnouncedChunk:
    codec = frame.read_header(chunk.frame).codec
    return AnnouncedChunk(
        id=chunk.id,
        size=chunk.size,
        stored_size=len(chunk.frame),
        sha256=hashlib.sha256(chunk.frame).hexdigest(),
        compression="zstd" if codec is Codec.ZSTD else "none",
    )
