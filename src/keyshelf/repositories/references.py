"""What nodes name, and the walk from the roots of commits down to every chunk."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import anyio.to_thread

from keyshelf.concurrency import together
from keyshelf.errors import Error, IntegrityError, NotFoundError
from keyshelf.layout.repository import ChunkId, CommitHash
from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.formats.manifest import Manifest
from keyshelf.repositories.formats.nodes import FolderRef, ListRef, NodeKind
from keyshelf.repositories.reading import Reader

NODES_AT_ONCE = 128
"""How many nodes are read together; each has at most 256 KiB."""
MANIFESTS_AT_ONCE = 16


class BrokenHistoryError(IntegrityError):
    """A commit needs an object that cannot be read; the extras name it. Check the repository."""

    code = "broken-history"


class Named(NamedTuple):
    """A chunk that something names. A NamedTuple, for there are many."""

    id: bytes
    kind: NodeKind | None
    """As what it is read; None for bytes of a file."""
    under: int | None
    """The level of the node that names it; None for the root of a folder."""
    size: int | None
    """Bytes of content, where what names it says so."""

    @property
    def chunk(self) -> ChunkId:
        """Its id as text."""
        return ChunkId(self.id.hex())


Claim = Callable[[Sequence[Named]], Awaitable[Sequence[Named]]]
"""Notes what was found, and returns the nodes that nobody has walked yet."""

OpenNodes = Callable[[Sequence[Named]], Awaitable[Sequence[Named]]]
"""Reads nodes and returns what they name."""


def root_of(manifest: Manifest) -> Named:
    """Return the root of a commit."""
    return Named(manifest.root.node, NodeKind.FOLDER, None, None)


def named_by(content: bytes, node: Named) -> list[Named]:
    """Return what a node names. Raises `DamagedNodeError`."""
    if node.kind is NodeKind.LIST:
        found = nodes.decode_list(content, under=node.under)
        return [
            Named(item.id, NodeKind.LIST, found.level, None)
            if isinstance(item, ListRef)
            else Named(item.id, None, found.level, item.size)
            for item in found.items
        ]
    folder = nodes.decode_folder(content, under=node.under)
    named = [
        Named(item.id, NodeKind.FOLDER, folder.level, None)
        if isinstance(item, FolderRef)
        else named_in(item)
        for item in folder.items
    ]
    return [each for each in named if each is not None]


def named_in(entry: Entry) -> Named | None:
    """Return what an entry of a folder names; None for a link or an empty file."""
    match entry:
        case FolderEntry():
            return Named(entry.node, NodeKind.FOLDER, None, None)
        case FileEntry(content=bytes() as content, depth=0):
            return Named(content, None, None, entry.size)
        case FileEntry(content=bytes() as content):
            return Named(content, NodeKind.LIST, entry.depth, None)
        case _:
            return None


async def walk(roots: Sequence[Named], *, claim: Claim, open_nodes: OpenNodes) -> None:
    """Find everything below some roots, below each node once."""
    waiting = list(await claim(roots))
    while waiting:
        # From the end: so few are waiting at a time as the tree is deep, not as it is wide.
        batch = waiting[-NODES_AT_ONCE:]
        del waiting[-NODES_AT_ONCE:]
        waiting += await claim(await open_nodes(batch))


async def read_nodes(
    reader: Reader, batch: Sequence[Named]
) -> Sequence[tuple[bytes, Sequence[Named]]]:
    """Return the content of nodes, each with what it names. Raises `BrokenHistoryError`."""
    try:
        contents = await reader.chunks([node.chunk for node in batch])
    except (IntegrityError, NotFoundError) as error:
        raise _broken(error) from error
    pairs = list(zip(contents, batch, strict=True))
    return await anyio.to_thread.run_sync(
        lambda: [(content, _named_by(content, node)) for content, node in pairs]
    )


async def read_roots(reader: Reader, commits: Sequence[CommitHash]) -> Sequence[Named]:
    """Return the roots of up to `MANIFESTS_AT_ONCE` commits. Raises `BrokenHistoryError`."""
    found: list[Named] = []

    async def read(commit: CommitHash) -> None:
        try:
            found.append(root_of(await reader.manifest(commit)))
        except (IntegrityError, NotFoundError) as error:
            raise _broken(error, commit=commit) from error

    async with together() as group:
        for commit in commits:
            group.start_soon(read, commit)
    return found


def _named_by(content: bytes, node: Named) -> list[Named]:
    try:
        return named_by(content, node)
    except nodes.DamagedNodeError as error:
        raise _broken(error, chunk=node.chunk) from error


def _broken(error: Error, **extras: object) -> BrokenHistoryError:
    named = " ".join(f"{kind} {name}:" for kind, name in extras.items())
    detail = f"{named} {error.detail}".strip()
    return BrokenHistoryError(f"a commit cannot be read: {detail}", **{**error.extras, **extras})
