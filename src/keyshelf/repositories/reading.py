"""Reading what was committed: every chunk is verified before anybody sees it."""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import anyio.lowlevel
import anyio.to_thread

from keyshelf.errors import Error, IntegrityError
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.formats import frame, ids, manifest
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.values import ChunkMissingError, RefNotFoundError
from keyshelf.store.errors import NeedsRestoreError

_KEPT_BYTES = 32 * 1024 * 1024
_MOST_AHEAD = 64
"""How many nodes are fetched together: at most half of what is kept."""
_WORTH_A_THREAD = 128 * 1024
"""So many bytes are verified in less time than another thread takes to begin."""
_WHAT_TO_DO = "`keyshelf check` says what that hurts"


class DamagedObjectError(IntegrityError):
    """A stored object does not hold what its name says; the extras name it."""

    code = "damaged-object"


class LostObjectError(IntegrityError):
    """An object that a commit needs, or a commit's own, is not in the store; the extras name it."""

    code = "lost-object"


@dataclass(slots=True)
class Reader:
    """Reads one repository; keeps the nodes that it read last.

    Raises `LostObjectError`, `DamagedObjectError` and `WrongKeyError`, and what the
    carrier raises beside `ChunkMissingError`.
    """

    carrier: Carrier
    _kept: OrderedDict[ChunkId, bytes] = field(default_factory=OrderedDict[ChunkId, bytes])
    _kept_bytes: int = 0

    async def manifest(self, commit: CommitHash) -> Manifest:
        """Return the manifest of a commit that a ref or another commit names."""
        try:
            framed = await self.carrier.get_manifest(commit)
        except RefNotFoundError as error:
            raise _lost("manifest", commit) from error
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
        """Return the contents of up to 1,000 chunks in order, each compared with its id."""
        try:
            framed = await self.carrier.get_chunks(chunks)
        except ChunkMissingError as error:
            raise _lost("chunk", str(error.extras.get("chunk") or chunks[0])) from error
        if sum(map(len, framed)) < _WORTH_A_THREAD:
            return self._all_opened(chunks, framed)
        return await anyio.to_thread.run_sync(self._all_opened, chunks, framed)

    async def node(self, chunk: ChunkId) -> bytes:
        """Return the content of a node; those read last are at hand."""
        if chunk in self._kept:
            self._kept.move_to_end(chunk)
            content = self._kept[chunk]
            # A few nodes can name each other so often that walking them never ends: whoever
            # walks what is at hand lets others work too, and can be stopped.
            await anyio.lowlevel.checkpoint()
            return content
        (content,) = await self.chunks([chunk])
        self._keep(chunk, content)
        return content

    async def ahead(self, nodes: Sequence[ChunkId]) -> None:
        """Fetch nodes that are read next, up to 64 together.

        Those that cannot be read are left out: whoever reads them is told.
        """
        wanted = [node for node in dict.fromkeys(nodes) if node not in self._kept][:_MOST_AHEAD]
        if len(wanted) < 2:
            return
        try:
            framed = await self.carrier.get_chunks(wanted)
        except (ChunkMissingError, NeedsRestoreError):
            return
        for node, each in zip(wanted, framed, strict=True):
            with suppress(DamagedObjectError):
                self._keep(node, self.opened(node, each))

    def opened(self, chunk: ChunkId, framed: bytes) -> bytes:
        """Return the content of the frame of a chunk, compared with its id; for any thread.

        Raises `DamagedObjectError` and `WrongKeyError`.
        """
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

    def _all_opened(self, chunks: Sequence[ChunkId], framed: Sequence[bytes]) -> Sequence[bytes]:
        return [self.opened(*each) for each in zip(chunks, framed, strict=True)]

    def _keep(self, chunk: ChunkId, content: bytes) -> None:
        if chunk in self._kept:
            return
        self._kept[chunk] = content
        self._kept_bytes += len(content)
        while self._kept_bytes > _KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= len(dropped)


def _lost(what: str, name: str) -> LostObjectError:
    return LostObjectError(f"the {what} {name} is not in the store; {_WHAT_TO_DO}", **{what: name})


def _damaged(what: str, name: str, error: Error) -> DamagedObjectError:
    said = f"the {what} {name} is damaged: {error.detail}; {_WHAT_TO_DO}"
    return DamagedObjectError(said, **{what: name})
