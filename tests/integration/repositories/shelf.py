"""Repositories on a real database and a store, with commits made of small trees in memory."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import LiteralString

from keyshelf.database.pool import Database
from keyshelf.layout.drive import OwnerId
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories import managing as catalog
from keyshelf.repositories.carrier import Carrier, Push
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.direct.carrier import DirectCarrier
from keyshelf.repositories.formats import frame, ids, manifest, slots
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.manifest import Author, Manifest
from keyshelf.repositories.formats.nodes import ChunkRef, NodeKind
from keyshelf.repositories.gc.service import collect
from keyshelf.repositories.gc.values import Collected
from keyshelf.repositories.managing import NewRepository
from keyshelf.repositories.parts import RepositoryOptions, RepositoryParts
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.trees import TreeBuilder
from keyshelf.repositories.values import RefKind, RefName, Repository, SealedChunk, repository_name
from keyshelf.repositories.walking import chunks_of, entries_of
from keyshelf.store.base import ObjectStore

Tree = Mapping[str, bytes]
"""What files hold, by their paths."""

ANNA = OwnerId("anna")
KEY = bytes(range(32))
"""Opens the encrypted repositories of tests."""
MAIN = RefName(RefKind.BRANCH, "main")
PIECE = 8
"""So many bytes have the chunks of files."""
_AUTHOR = Author("Anna", "anna@example.org")
_ANY_TIME = 1_700_000_000_000_000_000


def branch(name: str) -> RefName:
    return RefName(RefKind.BRANCH, name)


def tag(name: str) -> RefName:
    return RefName(RefKind.TAG, name)


@dataclass
class TestClock:
    """The time, which passes when a test says so."""

    __test__ = False
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, duration: timedelta) -> None:
        self.now += duration


@dataclass
class Packed:
    """A tree as a repository holds it."""

    keys: Keys | None
    chunks: dict[ChunkId, SealedChunk] = field(default_factory=dict[ChunkId, SealedChunk])

    def put(self, content: bytes) -> bytes:
        chunk = ids.chunk_id(content, self.keys)
        digest = bytes.fromhex(chunk)
        sealed = frame.seal(content, type=FrameType.CHUNK, digest=digest, keys=self.keys)
        self.chunks[chunk] = SealedChunk(chunk, sealed, len(content))
        return digest

    def file(self, name: bytes, content: bytes) -> FileEntry:
        pieces = [content[start : start + PIECE] for start in range(0, len(content), PIECE)]
        refs = [ChunkRef(self.put(piece), len(piece)) for piece in pieces]
        digest = ids.content_hash(content)
        if len(refs) < 2:
            where = refs[0].id if refs else None
            return FileEntry(name, 0o644, _ANY_TIME, len(content), where, 0, digest)
        builder = TreeBuilder[ChunkRef](NodeKind.LIST, self.put)
        for ref in refs:
            builder.add(ref)
        root = builder.finish()
        return FileEntry(name, 0o644, _ANY_TIME, len(content), root.id, root.depth, digest)

    def folder(self, name: bytes, tree: Tree) -> FolderEntry:
        below: dict[str, dict[str, bytes]] = {}
        entries: list[Entry] = []
        for path, content in tree.items():
            first, _, rest = path.partition("/")
            if rest:
                below.setdefault(first, {})[rest] = content
            else:
                entries.append(self.file(first.encode(), content))
        entries += [self.folder(each.encode(), inner) for each, inner in below.items()]
        builder = TreeBuilder[Entry](NodeKind.FOLDER, self.put)
        for entry in sorted(entries, key=lambda each: each.name):
            builder.add(entry)
        size = sum(len(content) for content in tree.values())
        return FolderEntry(name, 0o755, _ANY_TIME, builder.finish().id, len(tree), size)


def sealed_manifest(
    repository: Repository, root: FolderEntry, parents: Sequence[CommitHash], message: str
) -> tuple[CommitHash, bytes, Manifest]:
    made = Manifest(
        repository=repository.id,
        parents=tuple(parents),
        root=root,
        message=message,
        author=_AUTHOR,
        committed_at=datetime(2026, 1, 1, tzinfo=UTC),
        generation=1 + len(parents),
    )
    content = manifest.encode(made)
    commit = ids.commit_hash(content, repository.keys)
    framed = frame.seal(
        content, type=FrameType.MANIFEST, digest=bytes.fromhex(commit), keys=repository.keys
    )
    return commit, framed, made


async def send_tree(push: Push, repository: Repository, tree: Tree) -> FolderEntry:
    """Do the first part of a commit in a push that is open: ask, and send what is missing."""
    packed = Packed(repository.keys)
    root = packed.folder(b"", tree)
    missing = await push.missing(list(packed.chunks))
    if missing:
        await push.send([packed.chunks[each] for each in packed.chunks if each in missing])
    return root


async def push_tree(
    push: Push,
    repository: Repository,
    tree: Tree | FolderEntry,
    *,
    name: RefName = MAIN,
    parent: CommitHash | None = None,
    message: str = "",
) -> CommitHash:
    """Do what a commit does in a push that is open, or the rest of it."""
    root = tree if isinstance(tree, FolderEntry) else await send_tree(push, repository, tree)
    commit, framed, made = sealed_manifest(repository, root, [parent] if parent else [], message)
    await push.publish(commit, framed, made, branch=name, expected=parent)
    return commit


async def commit_tree(
    carrier: Carrier, tree: Tree, *, name: RefName = MAIN, message: str = ""
) -> CommitHash:
    """Commit a tree on a branch, after its last commit."""
    async with carrier.push() as push:
        parent = await carrier.ref(name)
        return await push_tree(
            push, carrier.repository, tree, name=name, parent=parent, message=message
        )


async def tree_of(carrier: Carrier, commit: CommitHash) -> dict[str, bytes]:
    """Read all that a commit holds, verified."""
    reader = Reader(carrier)
    found = await reader.manifest(commit)
    return {path: content async for path, content in _below(reader, "", found.root)}


async def _below(
    reader: Reader, path: str, folder: FolderEntry
) -> AsyncGenerator[tuple[str, bytes]]:
    async for entry in entries_of(reader.node, folder.node):
        here = path + entry.name.decode()
        match entry:
            case FolderEntry():
                async for each in _below(reader, here + "/", entry):
                    yield each
            case FileEntry(content=bytes() as content):
                refs = chunks_of(reader.node, content, entry.size, entry.depth)
                wanted = [ChunkId(ref.id.hex()) async for ref in refs]
                yield here, b"".join(await reader.chunks(wanted))
            case FileEntry():
                yield here, b""
            case _:
                pass


@dataclass
class Shelf:
    """A database and a store with repositories."""

    parts: RepositoryParts
    clock: TestClock

    def on(self, store: ObjectStore) -> "Shelf":
        """The same repositories, reaching their objects through another store."""
        return replace(self, parts=replace(self.parts, store=store))

    async def repository(
        self, name: str = "film", *, secret: bytes | None = None, level: int = 3
    ) -> RepositoryRecord:
        """Make a repository; with a secret it is encrypted, and `KEY` opens it."""
        made = (
            (slots.add_slot(secret, key=KEY, id=self.parts.new_id(), label="test"),)
            if secret
            else ()
        )
        new = NewRepository(
            name=repository_name(name),
            owner=ANNA,
            key_id=Keys.of(secret).key_id if secret else None,
            slots=made,
            level=level,
        )
        return await catalog.create(self.parts, new)

    def carrier(self, record: RepositoryRecord, secret: bytes | None = None) -> DirectCarrier:
        keys = Keys.of(secret) if secret else None
        return DirectCarrier(self.parts, record, record.opened(keys), ANNA)

    async def collect(
        self,
        record: RepositoryRecord,
        *,
        secret: bytes | None = None,
        grace: timedelta = timedelta(0),
        dry_run: bool = False,
    ) -> Collected:
        keys = Keys.of(secret) if secret else None
        return await collect(self.parts, record, keys, grace=grace, dry_run=dry_run)

    async def keys(self, prefix: str = "") -> list[ObjectKey]:
        pages = self.parts.store.list(prefix)
        return [each.key async for page in pages for each in page.objects]

    async def count(self, table: LiteralString) -> int:
        async with self.parts.database.read() as tx:
            return await tx.value(f"SELECT count(*) FROM {table}")

    async def rows(self, sql: LiteralString) -> list[dict[str, object]]:
        async with self.parts.database.read() as tx:
            return list(await tx.all(sql))

    async def empty(self) -> None:
        """Forget all rows of repositories."""
        async with self.parts.database.transaction() as tx:
            await tx.execute(
                "TRUNCATE repositories, repository_deletions, repository_marks CASCADE"
            )


def open_shelf(database: Database, store: ObjectStore) -> Shelf:
    clock = TestClock()
    options = RepositoryOptions(url_expiry=timedelta(0))
    parts = RepositoryParts(database=database, store=store, options=options, clock=clock)
    return Shelf(parts, clock)
