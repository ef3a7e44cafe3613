"""Walking the trees of nodes that folders and lists of chunks are.

Nothing that a tree says is believed before it is checked, for whoever can write to a
repository can write any tree: names lead nowhere else, come in order and once, and
sizes add up.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.formats.nodes import (
    ChunkRef,
    DamagedNodeError,
    FolderRef,
    ListRef,
    Node,
)

ReadChunk = Callable[[ChunkId], Awaitable[bytes]]
"""Gives the content of a chunk, verified."""

ReadAhead = Callable[[Sequence[ChunkId]], Awaitable[None]]
"""Told which nodes are read next, so that they can be fetched together."""

AHEAD = 64
"""How many nodes are fetched together."""


async def entries_of(
    read: ReadChunk, root: bytes, *, ahead: ReadAhead | None = None
) -> AsyncIterator[Entry]:
    """Give the entries of a folder in the order of their names.

    Raises `DamagedNodeError`, whose extras name the node, when they are not what can be
    in one folder, and what reading raises.
    """
    async for run in entry_runs(read, root, ahead=ahead):
        for entry in run:
            yield entry


async def entry_runs(
    read: ReadChunk, root: bytes, *, ahead: ReadAhead | None = None
) -> AsyncIterator[Sequence[Entry]]:
    """Give the entries of a folder node by node; see `entries_of`."""
    last = b""
    async for run in _folder_runs(read, root, None, ahead):
        if run and run[0].name <= last:
            raise _damaged(root, "the names below it are not in order")
        yield run
        last = run[-1].name if run else last


async def find_entry(read: ReadChunk, root: bytes, name: bytes) -> Entry | None:
    """Return the entry of a folder that has a name, reading one node of each level."""
    under = None
    while True:
        node = await folder_node(read, root, under)
        for item in node.items:
            if isinstance(item, FolderRef):
                if name <= item.last_name:
                    root, under = item.id, node.level
                    break
            elif item.name == name:
                return item
        else:
            return None


async def chunks_of(
    read: ReadChunk, content: bytes, size: int, depth: int, *, ahead: ReadAhead | None = None
) -> AsyncIterator[ChunkRef]:
    """Give the chunks of a file in order.

    Raises `DamagedNodeError`, whose extras name the node, when they are not as long as the
    file, and what reading raises.
    """
    async for run in chunk_runs(read, content, size, depth, ahead=ahead):
        for ref in run:
            yield ref


async def chunk_runs(
    read: ReadChunk, content: bytes, size: int, depth: int, *, ahead: ReadAhead | None = None
) -> AsyncIterator[Sequence[ChunkRef]]:
    """Give the chunks of a file node by node; see `chunks_of`."""
    if depth == 0:
        yield (ChunkRef(content, size),)
        return
    async for run in _list_runs(read, ListRef(content, size, 0), depth, ahead):
        yield run


async def _folder_runs(
    read: ReadChunk, root: bytes, under: int | None, ahead: ReadAhead | None
) -> AsyncIterator[list[Entry]]:
    node = await folder_node(read, root, under)
    if node.level == 0:
        yield [item for item in node.items if not isinstance(item, FolderRef)]
        return
    refs = [item for item in node.items if isinstance(item, FolderRef)]
    for start in range(0, len(refs), AHEAD):
        some = refs[start : start + AHEAD]
        if ahead is not None:
            await ahead([ChunkId(ref.id.hex()) for ref in some])
        for ref in some:
            count, last = 0, b""
            async for run in _folder_runs(read, ref.id, node.level, ahead):
                count, last = count + len(run), run[-1].name if run else b""
                yield run
            if (count, last) != (ref.entries, ref.last_name):
                raise _damaged(root, "it says another thing than what it names")


async def _list_runs(
    read: ReadChunk, ref: ListRef, under: int, ahead: ReadAhead | None
) -> AsyncIterator[Sequence[ChunkRef]]:
    node = await _list_node(read, ref.id, under)
    if sum(item.size for item in node.items) != ref.size:
        raise _damaged(ref.id, "its sizes do not add up")
    if node.level == 0:
        yield [item for item in node.items if isinstance(item, ChunkRef)]
        return
    refs = [item for item in node.items if isinstance(item, ListRef)]
    for start in range(0, len(refs), AHEAD):
        some = refs[start : start + AHEAD]
        if ahead is not None:
            await ahead([ChunkId(each.id.hex()) for each in some])
        for each in some:
            async for run in _list_runs(read, each, node.level, ahead):
                yield run


async def folder_node(
    read: ReadChunk, root: bytes, under: int | None
) -> Node[Entry] | Node[FolderRef]:
    """Return a node of a folder, which the node of level `under` names; None for a root.

    Raises `DamagedNodeError`, whose extras name the node, and what reading raises.
    """
    content = await read(ChunkId(root.hex()))
    try:
        node = nodes.decode_folder(content, under=under)
    except DamagedNodeError as error:
        raise _damaged(root, error.detail) from error
    for item in node.items:
        if not isinstance(item, FolderRef | FolderEntry) and not _can_be(item):
            raise _damaged(root, f"what it says of {item.name!r} cannot be")
    return node


async def _list_node(read: ReadChunk, root: bytes, under: int) -> Node[ChunkRef] | Node[ListRef]:
    content = await read(ChunkId(root.hex()))
    try:
        node = nodes.decode_list(content, under=under)
    except DamagedNodeError as error:
        raise _damaged(root, error.detail) from error
    if any(item.size == 0 for item in node.items):
        raise _damaged(root, "it names what has no bytes")
    return node


def _can_be(entry: FileEntry | LinkEntry) -> bool:
    if isinstance(entry, LinkEntry):
        return entry.target != b"" and b"\0" not in entry.target
    is_empty = entry.content is None
    return is_empty == (entry.size == 0) and entry.depth <= (0 if is_empty else nodes.MAX_LEVEL + 1)


def _damaged(node: bytes, why: str) -> DamagedNodeError:
    return DamagedNodeError(f"the node {node.hex()} is damaged: {why}", node=node.hex())
