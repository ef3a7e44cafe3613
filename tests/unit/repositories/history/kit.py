"""A repository in memory with small chunks, and commits of real folders in it."""

import io
import os
from collections.abc import AsyncIterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace

from keyshelf.layout.repository import ChunkId, CommitHash, RepositoryId
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.chunking import Cutting, chunks_of
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.formats import frame, ids, manifest
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.manifest import Author, Manifest
from keyshelf.repositories.formats.nodes import ChunkRef, NodeKind
from keyshelf.repositories.history.folders import find
from keyshelf.repositories.memory_carrier import MemoryCarrier
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.trees import TreeBuilder
from keyshelf.repositories.values import (
    Ref,
    RefKind,
    RefName,
    Repository,
    RepositoryName,
)

NOON = datetime(2031, 5, 6, 12, tzinfo=UTC)
AUTHOR = Author("Anna", "anna@example.org")
T = TypeVar("T")
MAIN = RefName(RefKind.BRANCH, "main")
Tree = Mapping[bytes, Entry]
"""By path; folders above a path need no entry."""


class CountingCarrier(MemoryCarrier):
    """Counts the chunks that are read."""

    def __init__(self, keys: Keys | None = None) -> None:
        super().__init__(
            Repository(
                RepositoryId(UUID(int=7)),
                RepositoryName("film"),
                NOON,
                cutting=Cutting(256, 1024, 4096),
                keys=keys,
            )
        )
        self.read: list[ChunkId] = []
        self.calls = 0

    async def get_chunks(self, ids: Sequence[ChunkId]) -> Sequence[bytes]:
        self.read += ids
        self.calls += 1
        return await super().get_chunks(ids)


@dataclass
class History:
    """A repository, and what is committed to it."""

    carrier: CountingCarrier = field(default_factory=CountingCarrier)
    count: int = 0

    def reader(self) -> Reader:
        """Return a reader that knows nothing yet; what it reads is counted from here."""
        self.carrier.read.clear()
        self.carrier.calls = 0
        return Reader(self.carrier)

    async def root(self, commit_hash: CommitHash) -> FolderEntry:
        return (await Reader(self.carrier).manifest(commit_hash)).root

    async def commit(self, folder: Path, branch: RefName = MAIN) -> FolderEntry:
        """Commit a real folder, as it is now."""
        self.count += 1
        made = await commit(
            self.carrier,
            os.fsencode(folder),
            branch=branch,
            message=f"number {self.count}",
            author=AUTHOR,
            at=NOON + timedelta(minutes=self.count),
            cache=FolderCache.in_memory(),
        )
        return made.manifest.root

    async def tree(self, tree: Tree) -> FolderEntry:
        """Store a tree without a commit: quick, where thousands are made."""
        below: dict[bytes, dict[bytes, Entry]] = {}
        entries: dict[bytes, Entry] = {}
        for path, entry in tree.items():
            name, slash, rest = path.partition(b"/")
            if slash:
                below.setdefault(name, {})[rest] = entry
            else:
                entries[name] = replace(entry, name=name)
                if isinstance(entry, FolderEntry):
                    below.setdefault(name, {})
        for name, children in below.items():
            made = await self.tree(children)
            known = entries.get(name, made)
            entries[name] = replace(made, name=name, mode=known.mode, mtime=known.mtime)
        builder = TreeBuilder[Entry](NodeKind.FOLDER, self.put)
        files = size = 0
        for _, entry in sorted(entries.items()):
            builder.add(entry)
            if isinstance(entry, FileEntry | FolderEntry):
                files += entry.files if isinstance(entry, FolderEntry) else 1
                size += entry.size
        return FolderEntry(b"", 0o755, 0, builder.finish().id, files, size)

    def put(self, content: bytes) -> bytes:
        chunk = ids.chunk_id(content, None)
        sealed = frame.seal(content, type=FrameType.CHUNK, digest=bytes.fromhex(chunk), keys=None)
        self.carrier.chunks[chunk] = sealed
        return bytes.fromhex(chunk)

    async def made(
        self, *parents: CommitHash, minute: int = 0, generation: int, message: str = ""
    ) -> CommitHash:
        """Make a commit of nothing, with parents."""
        root = await self.tree({})
        made = Manifest(
            repository=self.carrier.repository.id,
            parents=parents,
            root=root,
            message=message,
            author=AUTHOR,
            committed_at=NOON + timedelta(minutes=minute),
            generation=generation,
        )
        content = manifest.encode(made)
        digest = ids.commit_hash(content, None)
        self.carrier.manifests[digest] = frame.seal(
            content, type=FrameType.MANIFEST, digest=bytes.fromhex(digest), keys=None
        )
        return digest

    def store(self, content: bytes, *, mode: int = 0o644) -> FileEntry:
        """Store the bytes of a file as a commit would."""
        builder = TreeBuilder[ChunkRef](NodeKind.LIST, self.put)
        refs = [
            ChunkRef(self.put(bytes(chunk)), len(chunk))
            for chunk in chunks_of(io.BytesIO(content), self.carrier.repository.cutting)
        ]
        for ref in refs:
            builder.add(ref)
        digest = ids.content_hash(content) if content else b""
        if len(refs) < 2:
            return FileEntry(b"", mode, 0, len(content), refs[0].id if refs else None, 0, digest)
        root = builder.finish()
        return FileEntry(b"", mode, 0, len(content), root.id, root.depth, digest)

    def set_ref(self, name: RefName, to: CommitHash) -> None:
        self.carrier.positions[name] = Ref(name, to, NOON)

    async def file(self, root: FolderEntry, path: bytes) -> FileEntry:
        found = await find(Reader(self.carrier), root, path)
        assert isinstance(found, FileEntry)
        return found


async def listed(items: AsyncIterable[T]) -> list[T]:
    return [item async for item in items]


def random_bytes(count: int, seed: int = 1) -> bytes:
    return Random(seed).randbytes(count)


def file_of(content: bytes, *, name: bytes = b"", mode: int = 0o644, mtime: int = 0) -> FileEntry:
    """Return the entry of a file whose bytes nobody reads."""
    digest = ids.content_hash(content) if content else b""
    return FileEntry(name, mode, mtime, len(content), digest or None, 0, digest)


def folder_of(*, mode: int = 0o755) -> FolderEntry:
    """Return what a tree says of a folder itself."""
    return FolderEntry(b"", mode, 0, b"", 0, 0)


def link_to(target: bytes, *, name: bytes = b"") -> LinkEntry:
    return LinkEntry(name, 0o777, 0, target)
