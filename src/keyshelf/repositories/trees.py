"""Building and walking the trees of nodes that folders and lists of chunks are."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import Entry
from keyshelf.repositories.formats.nodes import ChunkRef, FolderRef, ListRef, NodeKind, Splitter

T = TypeVar("T")
R = TypeVar("R")

ReadChunk = Callable[[ChunkId], Awaitable[bytes]]
"""Gives the content of a chunk, verified."""


class PutNode(Protocol):
    """Takes the content of a node and returns its id."""

    async def __call__(self, content: bytes, /) -> bytes:
        """Take the next node."""
        ...


@dataclass(frozen=True, slots=True)
class Root:
    """Where a tree begins, and how many levels of nodes it has."""

    id: bytes
    depth: int


@dataclass(slots=True)
class _Level:
    splitter: Splitter[Any]  # Any: items of level 0 and refs of the others
    has_node: bool = False


class TreeBuilder(Generic[T]):
    """Makes the nodes of a sequence of items as they come, holding one run of each level."""

    def __init__(self, kind: NodeKind, put: PutNode) -> None:
        self._kind = kind
        self._put = put
        self._levels: list[_Level] = []

    async def add(self, item: T) -> None:
        """Take the next item."""
        await self._add(0, item)

    async def finish(self) -> Root:
        """Store what is left and return the root; without any item, of one empty node."""
        self._level(0)
        number = 0
        while True:
            level = self._levels[number]
            run = level.splitter.rest()
            if not level.has_node:
                return Root(await self._put(nodes.encode(self._kind, number, run)), number + 1)
            if run:
                await self._store(number, run)
            number += 1

    async def _add(self, number: int, item: object) -> None:
        level = self._level(number)
        # A run is stored when the next item shows that it was not the only one.
        if run := level.splitter.ended():
            await self._store(number, run)
        level.splitter.add(item)

    async def _store(self, number: int, run: list[Any]) -> None:
        self._levels[number].has_node = True
        node = await self._put(nodes.encode(self._kind, number, run))
        await self._add(number + 1, nodes.ref_to(self._kind, node, run))

    def _level(self, number: int) -> _Level:
        if number == len(self._levels):
            self._levels.append(_Level(Splitter(self._kind, number)))
        return self._levels[number]


async def entries_of(read: ReadChunk, root: bytes) -> AsyncIterator[Entry]:
    """Give the entries of a folder in the order of their names."""
    node = nodes.decode_folder(await read(ChunkId(root.hex())))
    for item in node.items:
        if isinstance(item, FolderRef):
            async for entry in entries_of(read, item.id):
                yield entry
        else:
            yield item


async def find_entry(read: ReadChunk, root: bytes, name: bytes) -> Entry | None:
    """Return the entry of a folder that has a name, reading one node of each level."""
    while True:
        node = nodes.decode_folder(await read(ChunkId(root.hex())))
        for item in node.items:
            if isinstance(item, FolderRef):
                if name <= item.last_name:
                    root = item.id
                    break
            elif item.name == name:
                return item
        else:
            return None


async def chunks_of(
    read: ReadChunk, content: bytes, size: int, depth: int
) -> AsyncIterator[ChunkRef]:
    """Give the chunks of a file in order."""
    if depth == 0:
        yield ChunkRef(content, size)
        return
    node = nodes.decode_list(await read(ChunkId(content.hex())))
    for item in node.items:
        if isinstance(item, ListRef):
            async for chunk in chunks_of(read, item.id, item.size, depth - 1):
                yield chunk
        else:
            yield item
