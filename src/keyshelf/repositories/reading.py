"""Reading what was committed: every chunk is verified before anybody sees it."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio.to_thread

from keyshelf.errors import Error, IntegrityError
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.formats import frame, ids, manifest
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.manifest import Manifest

_KEPT_BYTES = 16 * 1024 * 1024


class DamagedObjectError(IntegrityError):
    """A stored object does not hold what its name says; the extras name it."""

    code = "damaged-object"


@dataclass(slots=True)
class Reader:
    """Reads one repository; keeps the nodes that it read last."""

    carrier: Carrier
    _kept: OrderedDict[ChunkId, bytes] = field(default_factory=OrderedDict[ChunkId, bytes])
    _kept_bytes: int = 0

    async def manifest(self, commit: CommitHash) -> Manifest:
        """Return the manifest of a commit.

        Raises `DamagedObjectError`, `WrongKeyError`, and what the carrier raises.
        """
        framed = await self.carrier.get_manifest(commit)
        keys = self.carrier.repository.keys
        try:
            content = frame.open_frame(
                framed, type=FrameType.MANIFEST, digest=bytes.fromhex(commit), keys=keys
            )
            if ids.commit_hash(content, keys) != commit:
                raise DamagedObjectError("it holds another commit")
            return manifest.decode(content)
        except IntegrityError as error:
            raise _damaged("manifest", commit, error) from error

    async def chunks(self, chunks: Sequence[ChunkId]) -> Sequence[bytes]:
        """Return the contents of up to 1,000 chunks in order, each compared with its id.

        Raises `DamagedObjectError`, `WrongKeyError`, and what the carrier raises.
        """
        framed = await self.carrier.get_chunks(chunks)
        return await anyio.to_thread.run_sync(
            lambda: [self._verified(*each) for each in zip(chunks, framed, strict=True)]
        )

    async def node(self, chunk: ChunkId) -> bytes:
        """Return the content of a node; those read last are at hand."""
        if chunk in self._kept:
            self._kept.move_to_end(chunk)
            return self._kept[chunk]
        (content,) = await self.chunks([chunk])
        self._kept[chunk] = content
        self._kept_bytes += len(content)
        while self._kept_bytes > _KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= len(dropped)
        return content

    def _verified(self, chunk: ChunkId, framed: bytes) -> bytes:
        keys = self.carrier.repository.keys
        try:
            content = frame.open_frame(
                framed, type=FrameType.CHUNK, digest=bytes.fromhex(chunk), keys=keys
            )
            if ids.chunk_id(content, keys) != chunk:
                raise DamagedObjectError("it holds other bytes")
        except IntegrityError as error:
            raise _damaged("chunk", chunk, error) from error
        return content


def _damaged(what: str, name: str, error: Error) -> DamagedObjectError:
    return DamagedObjectError(f"the {what} {name} is damaged: {error.detail}", **{what: name})
