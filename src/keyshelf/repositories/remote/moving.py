"""How chunks come to a service and from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.values import SealedChunk


@dataclass(frozen=True, slots=True)
class RemotePushId:
    """A push that is open at a service."""

    id: UUID
    nonce: bytes = field(repr=False)
    """What proofs of having bytes are keyed with."""


class ChunkMover(Protocol):
    """Moves the chunks of one repository. May be used by several tasks at once."""

    async def fetch(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, bytes]:
        """Return the frames of up to 1,000 chunks, unverified.

        Raises `ChunkMissingError`, which names one that is not there.
        """
        ...

    async def send(self, push: RemotePushId, chunks: Sequence[SealedChunk]) -> None:
        """Store up to 1,000 chunks and have them taken into the repository, verified."""
        ...
