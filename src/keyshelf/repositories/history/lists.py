"""The chunks of a file in order, from any place in it."""

from collections.abc import Iterator, Sequence

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import FileEntry
from keyshelf.repositories.formats.nodes import ChunkRef, DamagedNodeError, ListRef
from keyshelf.repositories.reading import Reader


def list_items(content: bytes, *, depth: int, size: int) -> Sequence[ChunkRef | ListRef]:
    """Return the items of a node that has `depth` levels, its own included, and so many bytes.

    Raises `DamagedNodeError`.
    """
    node = nodes.decode_list(content, under=depth)
    if sum(item.size for item in node.items) != size:
        raise DamagedNodeError("it is not the list that the one above it speaks of")
    return node.items


class FileChunks:
    """The chunks of a file from the one that holds the byte `start`: `next` until None.

    Reads the nodes on the way to that place and those after it, and nothing before.
    """

    def __init__(self, reader: Reader, entry: FileEntry, *, start: int = 0) -> None:
        self._reader = reader
        self._start = start
        self.offset = 0
        """Where the chunk that was given last ends."""
        root = [ChunkRef(entry.content, entry.size)] if entry.content else []
        self._stack: list[tuple[int, Iterator[ChunkRef | ListRef]]] = [(entry.depth, iter(root))]

    async def next(self) -> ChunkRef | None:
        """Return the next chunk. Raises `DamagedNodeError` and what reading raises."""
        while self._stack:
            depth, items = self._stack[-1]
            item = next(items, None)
            if item is None:
                self._stack.pop()
            elif depth and self.offset + item.size > self._start:
                content = await self._reader.node(ChunkId(item.id.hex()))
                below = list_items(content, depth=depth, size=item.size)
                self._stack.append((depth - 1, iter(below)))
            else:
                self.offset += item.size
                if self.offset > self._start:
                    return ChunkRef(item.id, item.size)
        return None
