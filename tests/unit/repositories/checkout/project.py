"""A project in a folder, its repository in memory, and what a folder looks like."""

import os
import random
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from keyshelf.clock import system_clock
from keyshelf.layout.repository import ChunkId, RepositoryId
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.checkout.service import checkout
from keyshelf.repositories.checkout.values import CheckedOut, CheckoutOptions, Progress
from keyshelf.repositories.chunking import Cutting
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.commit.values import CommitOptions
from keyshelf.repositories.formats import frame, ids, nodes
from keyshelf.repositories.formats.entries import Entry, FolderEntry
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.formats.nodes import NodeKind
from keyshelf.repositories.memory_carrier import MemoryCarrier
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.values import RefKind, RefName, Repository, repository_name

MAIN = RefName(RefKind.BRANCH, "main")
LONG_AGO = 1_500_000_000_123_456_789
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TINY = Cutting(min_bytes=256, average_bytes=1024, max_bytes=4096)


def noise(size: int) -> bytes:
    """Return bytes that neither repeat nor compress."""
    return random.Random(size).randbytes(size)


class CountingCarrier(MemoryCarrier):
    """Tells which chunks were asked for, and breaks at one call."""

    def __init__(self) -> None:
        repository = Repository(
            RepositoryId(UUID(int=1)), repository_name("project"), NOW, cutting=TINY
        )
        super().__init__(repository)
        self.asked: list[ChunkId] = []
        self.calls = 0
        self.breaks_at = 0

    async def get_chunks(self, ids: Sequence[ChunkId]) -> Sequence[bytes]:
        self.calls += 1
        if self.calls == self.breaks_at:
            raise ConnectionError("the line is gone")
        self.asked += ids
        return await super().get_chunks(ids)

    def put(self, content: bytes) -> bytes:
        """Store bytes as a chunk, whatever they are, and return its id."""
        chunk = ids.chunk_id(content, None)
        digest = bytes.fromhex(chunk)
        self.chunks[chunk] = frame.seal(content, type=FrameType.CHUNK, digest=digest, keys=None)
        return digest

    def put_folder(self, *entries: Entry) -> FolderEntry:
        """Store a folder, whatever is in it, as one node."""
        node = self.put(nodes.encode(NodeKind.FOLDER, 0, entries))
        return FolderEntry(b"", 0o755, LONG_AGO, node, len(entries), 0)


@dataclass
class Project:
    """A folder `work` that is committed, and a folder `copy` that it is checked out into."""

    base: Path
    carrier: CountingCarrier = field(default_factory=CountingCarrier)
    cache: FolderCache = field(default_factory=FolderCache.in_memory)

    @property
    def work(self) -> Path:
        return self.base / "work"

    @property
    def copy(self) -> Path:
        return self.base / "copy"

    def write(self, path: str, content: bytes = b"content", *, mtime: int = LONG_AGO) -> Path:
        file = self.work / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_bytes(content)
        os.utime(file, ns=(mtime, mtime))
        return file

    async def commit(
        self,
        folder: Path | None = None,
        cache: FolderCache | None = None,
        *,
        options: CommitOptions | None = None,
        is_at_once: bool = False,
    ) -> FolderEntry:
        """Commit a folder, a minute after it was written unless that is said."""
        passed = timedelta() if is_at_once else timedelta(minutes=1)
        made = await commit(
            self.carrier,
            os.fsencode(folder or self.work),
            branch=MAIN,
            message="",
            author=Author("somebody"),
            at=NOW,
            cache=cache or FolderCache.in_memory(),
            options=options,
            clock=lambda: system_clock() + passed,
        )
        return made.manifest.root

    async def checkout(
        self,
        root: FolderEntry,
        *paths: bytes,
        cache: FolderCache | None = None,
        **options: bool | int | Callable[[Progress], None],
    ) -> CheckedOut:
        return await checkout(
            Reader(self.carrier),
            root,
            os.fsencode(self.copy),
            paths=paths,
            cache=cache or self.cache,
            options=CheckoutOptions(**{"bytes_at_once": 8192, **options}),  # pyright: ignore[reportArgumentType] -- by name
        )


async def two_commits(project: Project) -> tuple[FolderEntry, FolderEntry]:
    """Commit the folder, change it, and commit it again."""
    project.write("same", b"same")
    project.write("changed", b"first")
    project.write("only in first/file", b"1")
    os.symlink("first", project.work / "link")
    first = await project.commit()
    project.write("changed", b"second, longer", mtime=1)
    (project.work / "only in first/file").unlink()
    (project.work / "only in first").rmdir()
    (project.work / "link").unlink()
    os.symlink("second", project.work / "link")
    project.write("only in second", b"2")
    return first, await project.commit()


Look = tuple[object, ...]


def looks(folder: Path) -> dict[bytes, Look]:
    """Return everything that is kept of a folder and what is in it, by path."""
    top, found, names = os.fsencode(folder), dict[bytes, Look](), dict[int, bytes]()
    for path in sorted(_paths(top)):
        seen = os.lstat(path)
        common = path.removeprefix(top), seen.st_mode, seen.st_mtime_ns
        if stat.S_ISREG(seen.st_mode):
            first = names.setdefault(seen.st_ino, common[0])
            found[common[0]] = (*common, first, Path(os.fsdecode(path)).read_bytes())
        elif stat.S_ISLNK(seen.st_mode):
            found[common[0]] = (*common, os.readlink(path))
        else:
            found[common[0]] = common
    return found


def marks(folder: Path) -> dict[bytes, tuple[int, int]]:
    """Return what shows that something was touched, by path."""
    return {
        path: (seen.st_ino, seen.st_ctime_ns)
        for path in _paths(os.fsencode(folder))
        for seen in [os.lstat(path)]
    }


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def _paths(top: bytes) -> list[bytes]:
    found = [top]
    for above, folders, files in os.walk(top):
        found += [os.path.join(above, name) for name in folders + files]
    return found
