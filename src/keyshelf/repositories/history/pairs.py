"""Two folders side by side: the names at which they differ, without reading what is equal."""

from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import NamedTuple

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats.entries import Entry, FolderEntry
from keyshelf.repositories.formats.nodes import FolderRef, Node
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.walking import folder_node

_BETWEEN_FETCHES = 32


class Pair(NamedTuple):
    """What two folders have under one name; None for nothing."""

    name: bytes
    before: Entry | None
    after: Entry | None


@dataclass(slots=True)
class _Cursor:
    """A place in the nodes of a folder: before an entry, or before a node not read yet."""

    reader: Reader
    unread: bytes | None
    """The root, until it is read; None for a folder that is not there."""
    stack: list[tuple[Node[Entry] | Node[FolderRef], int]] = field(
        default_factory=list[tuple[Node[Entry] | Node[FolderRef], int]]
    )

    async def start(self) -> None:
        root, self.unread = self.unread, None
        if root is not None:
            await self._enter(root, None)

    def head(self) -> Entry | FolderRef | None:
        while self.stack:
            node, position = self.stack[-1]
            if position < len(node.items):
                return node.items[position]
            self.stack.pop()
        return None

    def level(self) -> int:
        """Return how many levels of nodes are below the head; -1 at the end."""
        return self.stack[-1][0].level if self.stack else -1

    def skip(self) -> None:
        node, position = self.stack[-1]
        self.stack[-1] = (node, position + 1)

    async def expand(self, ref: FolderRef) -> None:
        level = self.level()
        self.skip()
        await self._enter(ref.id, level)

    def upcoming(self) -> list[bytes]:
        """Return the nodes that the rest of this node names."""
        if not self.stack:
            return []
        node, position = self.stack[-1]
        named = (_named(item) for item in node.items[position:])
        return [each for each in named if each]

    async def _enter(self, node: bytes, under: int | None) -> None:
        self.stack.append((await folder_node(self.reader.node, node, under), 0))


class Pairs:
    """The names at which two folders differ, in order: `next` until it returns None.

    A node that comes next in both is passed over unread, so that reading is bound by what
    differs. Holds a node of each level of both.
    """

    def __init__(self, reader: Reader, before: bytes | None, after: bytes | None) -> None:
        is_equal = before == after
        self._reader = reader
        self._given = 0
        self._before = _Cursor(reader, None if is_equal else before)
        self._after = _Cursor(reader, None if is_equal else after)

    async def next(self) -> Pair | None:
        """Return the next name's entries, which differ; None at the end."""
        if self._before.unread or self._after.unread:
            await self._before.start()
            await self._after.start()
            await self._fetch_ahead()
        while True:
            before, after = self._before.head(), self._after.head()
            if isinstance(before, FolderRef) or isinstance(after, FolderRef):
                await self._descend(before, after)
            elif before is None and after is None:
                return None
            elif pair := self._taken(before, after):
                self._given += 1
                if self._given % _BETWEEN_FETCHES == 0:
                    await self._fetch_ahead()
                return pair

    async def _descend(
        self, before: Entry | FolderRef | None, after: Entry | FolderRef | None
    ) -> None:
        if isinstance(before, FolderRef) and isinstance(after, FolderRef) and before.id == after.id:
            # Everything up to here was seen in both, and the same comes next in both.
            self._before.skip()
            self._after.skip()
            return
        # The higher one first: an equal node may come up below it.
        level_before, level_after = self._before.level(), self._after.level()
        if isinstance(before, FolderRef) and level_before >= level_after:
            await self._before.expand(before)
        if isinstance(after, FolderRef) and level_after >= level_before:
            await self._after.expand(after)
        await self._fetch_ahead()

    async def _fetch_ahead(self) -> None:
        """Fetch together what is read next. Some of it may turn out to be equal later on."""
        levels = {self._before.level(), self._after.level()}
        if len(levels - {-1}) == 1:
            before, after = self._before.upcoming(), self._after.upcoming()
            both = set(before) & set(after)
            # In turn, for that is how they are read, and only the first of them are fetched.
            in_turn = chain.from_iterable(zip_longest(before, after))
            wanted = [node for node in in_turn if node and node not in both]
            await self._reader.ahead([ChunkId(node.hex()) for node in wanted])

    def _taken(self, before: Entry | None, after: Entry | None) -> Pair | None:
        """Step over the name that comes first; returns what both have there if it differs."""
        if before is not None and (after is None or before.name < after.name):
            self._before.skip()
            return Pair(before.name, before, None)
        if after is None:
            return None
        self._after.skip()
        if before is None or after.name < before.name:
            return Pair(after.name, None, after)
        self._before.skip()
        return None if before == after else Pair(after.name, before, after)


def _named(item: Entry | FolderRef) -> bytes | None:
    match item:
        case FolderRef():
            return item.id
        case FolderEntry():
            return item.node
        case _:
            return None
