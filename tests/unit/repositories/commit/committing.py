"""A repository in memory, and commits to it, for tests."""

import os
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from keyshelf.clock import Clock
from keyshelf.errors import UnavailableError
from keyshelf.layout.repository import ChunkId, CommitHash, RepositoryId
from keyshelf.repositories import walking
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.commit.values import Commit, CommitOptions
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.manifest import Author, Manifest
from keyshelf.repositories.memory_carrier import MemoryCarrier
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.values import (
    RefKind,
    RefName,
    Repository,
    RepositoryName,
    SealedChunk,
)

MAIN = RefName(RefKind.BRANCH, "main")
AT = datetime(2026, 1, 2, tzinfo=UTC)


def much_later() -> datetime:
    """A clock by which every file has been left alone for long."""
    return datetime.now(UTC) + timedelta(hours=1)


class StoppingCarrier(MemoryCarrier):
    """Fails at a call of its push, counted from 1, and from then on; counts what is sent."""

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository)
        self.calls = 0
        self.stop_at = 0
        self.stops_at_publishing = False
        self.on_published: Callable[[Manifest], None] = lambda _: None
        self.sent_bytes = 0

    def _call(self) -> None:
        self.calls += 1
        if self.stop_at and self.calls >= self.stop_at:
            raise UnavailableError("the network is gone")

    async def missing(self, ids: Sequence[ChunkId]) -> set[ChunkId]:
        self._call()
        return await super().missing(ids)

    async def send(self, chunks: Sequence[SealedChunk]) -> None:
        self.sent_bytes += sum(chunk.size for chunk in chunks)
        if self.stop_at and self.calls + 1 >= self.stop_at:
            await super().send(chunks[: len(chunks) // 2])  # some came through
        self._call()
        await super().send(chunks)

    async def publish(
        self,
        commit: CommitHash,
        frame: bytes,
        manifest: Manifest,
        *,
        branch: RefName,
        expected: CommitHash | None,
    ) -> None:
        self._call()
        if self.stops_at_publishing:
            raise UnavailableError("the network is gone")
        await super().publish(commit, frame, manifest, branch=branch, expected=expected)
        self.on_published(manifest)

    @asynccontextmanager
    async def push(self) -> AsyncGenerator["StoppingCarrier"]:
        yield self


def repository(keys: Keys | None = None) -> Repository:
    return Repository(RepositoryId(UUID(int=1)), RepositoryName("tests"), AT, keys=keys)


@dataclass
class Committing:
    """A folder that is committed to a repository."""

    folder: Path
    carrier: StoppingCarrier = field(default_factory=lambda: StoppingCarrier(repository()))
    cache: FolderCache = field(default_factory=FolderCache.in_memory)
    clock: Clock = much_later

    async def commit(
        self,
        options: CommitOptions | None = None,
        message: str = "",
        *,
        branch: RefName = MAIN,
    ) -> Commit:
        return await commit(
            self.carrier,
            os.fsencode(self.folder),
            branch=branch,
            message=message,
            author=Author("A"),
            at=AT,
            cache=self.cache,
            options=options,
            clock=self.clock,
        )

    async def head(self) -> Manifest:
        at = await self.carrier.ref(MAIN)
        assert at is not None
        return await Reader(self.carrier).manifest(at)

    async def entries(self) -> dict[bytes, Entry]:
        """Everything in the branch's last commit by its path from the root."""
        reader, found = Reader(self.carrier), dict[bytes, Entry]()

        async def below(folder: FolderEntry, path: bytes) -> None:
            async for entry in walking.entries_of(reader.node, folder.node):
                found[path + entry.name] = entry
                if isinstance(entry, FolderEntry):
                    await below(entry, path + entry.name + b"/")

        await below((await self.head()).root, b"")
        return found

    async def content(self, entry: Entry) -> bytes:
        """The bytes of a file, all of them verified."""
        assert isinstance(entry, FileEntry)
        if entry.content is None:
            return b""
        reader, pieces = Reader(self.carrier), list[bytes]()
        chunks = walking.chunks_of(reader.node, entry.content, entry.size, entry.depth)
        async for chunk in chunks:
            pieces += await reader.chunks([ChunkId(chunk.id.hex())])
        return b"".join(pieces)

    async def is_whole(self) -> bool:
        """Whether every file of the branch's last commit can be read."""
        for entry in (await self.entries()).values():
            if isinstance(entry, FileEntry):
                assert len(await self.content(entry)) == entry.size
        return True


def known_bytes(count: int, seed: int = 1) -> bytes:
    """Bytes that look random and are the same everywhere."""
    return random.Random(seed).randbytes(count)
