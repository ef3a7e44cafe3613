"""How many bytes one commit has that another does not: what a change really added."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.history.changes import ChangeKind
from keyshelf.repositories.history.diff import DiffOptions, diff
from keyshelf.repositories.history.folders import walk
from keyshelf.repositories.history.lists import FileChunks, list_items
from keyshelf.repositories.reading import Reader

_AT_ONCE = 64
_STREAMED = DiffOptions(most_held=0)


@dataclass(frozen=True, slots=True)
class NewBytes:
    """How much is new."""

    size: int
    """Bytes of content, before compression."""
    is_most: bool
    """It may be less: not all could be compared."""


@dataclass(frozen=True, slots=True)
class NewBytesOptions:
    """How thoroughly is looked."""

    is_exact: bool = False
    """Look for new chunks in everything that there was before: reads all its folders and lists."""
    most_ids: int = 1_000_000
    """How many ids are held, of about 100 bytes each."""
    most_entries: int = 200_000
    """Among how many files and folders that were there the originals of copies are looked for."""


async def new_bytes(
    reader: Reader,
    before: FolderEntry | None,
    after: FolderEntry | None,
    *,
    path: bytes = b"",
    options: NewBytesOptions | None = None,
) -> NewBytes:
    """Return the bytes of chunks that files have after, and that nothing had before.

    Each chunk counts once. A chunk is looked for in files that changed or went, where their
    lists differ, and a whole file that came also among those that stayed: so what moved or
    was copied whole is not new. What only a part of a file that stayed holds counts as new
    unless `is_exact`. Where a bound of the options is met, the rest counts without being
    compared. Folders and lists are not counted; they add a few KiB. Raises what `diff` and
    reading raise.
    """
    options = options or NewBytesOptions()
    frontier = _Frontier(options.most_ids)
    async for change in await diff(reader, before, after, path=path, options=_STREAMED):
        if change.kind is not ChangeKind.TOUCHED:
            frontier.add_before(change.before)
            frontier.add_after(change.after)
            if before is not None and change.kind is ChangeKind.ADDED:
                frontier.add_arrived(change.after)
    if before is not None:
        await _drop_copies(reader, before, frontier, options.most_entries)
    await _expand(reader, frontier)
    if options.is_exact and before is not None:
        await _look_everywhere(reader, before, frontier)
    return NewBytes(frontier.uncompared + sum(frontier.after.get(0, {}).values()), frontier.is_most)


@dataclass(slots=True)
class _Frontier:
    """Nodes and chunks that only one side is known to have, by the levels of nodes below."""

    most_ids: int
    before: dict[int, dict[bytes, int]] = field(default_factory=dict[int, dict[bytes, int]])
    """Their sizes by their ids."""
    after: dict[int, dict[bytes, int]] = field(default_factory=dict[int, dict[bytes, int]])
    arrived: set[bytes] = field(default_factory=set[bytes])
    """Contents of files that came, of which each may be a copy."""
    held: int = 0
    uncompared: int = 0
    is_most: bool = False

    def add_before(self, entry: Entry | None) -> None:
        if isinstance(entry, FileEntry) and entry.content:
            self.put_before(entry.depth, entry.content, entry.size)

    def add_after(self, entry: Entry | None) -> None:
        if isinstance(entry, FileEntry) and entry.content:
            self.put_after(entry.depth, entry.content, entry.size)

    def add_arrived(self, entry: Entry | None) -> None:
        if isinstance(entry, FileEntry) and entry.content in self.after.get(entry.depth, {}):
            self.arrived.add(entry.content)

    def drop_after(self, entry: FileEntry) -> None:
        if entry.content and self.after.get(entry.depth, {}).pop(entry.content, None) is not None:
            self.held -= 1

    def put_before(self, depth: int, item: bytes, size: int) -> None:
        if not self._put(self.before, depth, item, size):
            self.is_most = True

    def put_after(self, depth: int, item: bytes, size: int) -> None:
        if not self._put(self.after, depth, item, size):
            self.is_most = True
            self.uncompared += size

    def drop_common(self, depth: int) -> None:
        before, after = self.before.get(depth, {}), self.after.get(depth, {})
        for item in before.keys() & after.keys():
            del before[item], after[item]
            self.held -= 2

    def take(self, side: dict[int, dict[bytes, int]], depth: int) -> dict[bytes, int]:
        taken = side.pop(depth, {})
        self.held -= len(taken)
        return taken

    def _put(self, side: dict[int, dict[bytes, int]], depth: int, item: bytes, size: int) -> bool:
        level = side.setdefault(depth, {})
        if item in level:
            return True
        if self.held >= self.most_ids:
            return False
        level[item] = size
        self.held += 1
        return True


async def _drop_copies(
    reader: Reader, root: FolderEntry, frontier: _Frontier, most_entries: int
) -> None:
    if not frontier.arrived:
        return
    left = most_entries
    async for _, entry in walk(reader, root):
        if isinstance(entry, FileEntry) and entry.content in frontier.arrived:
            frontier.arrived.remove(entry.content)
            frontier.drop_after(entry)
        left -= 1
        if not frontier.arrived:
            return
        if not left:
            frontier.is_most = True
            return


async def _expand(reader: Reader, frontier: _Frontier) -> None:
    """Go down level by level, so that equal nodes meet before they are read."""
    while depth := max((*frontier.before, *frontier.after), default=0):
        frontier.drop_common(depth)
        for side, put in (
            (frontier.before, frontier.put_before),
            (frontier.after, frontier.put_after),
        ):
            for batch in _batches(frontier.take(side, depth)):
                contents = await reader.chunks([ChunkId(item.hex()) for item, _ in batch])
                for (_, size), content in zip(batch, contents, strict=True):
                    for item in list_items(content, depth=depth, size=size):
                        put(depth - 1, item.id, item.size)
    frontier.drop_common(0)


def _batches(items: dict[bytes, int]) -> Iterator[Sequence[tuple[bytes, int]]]:
    all_items = list(items.items())
    for start in range(0, len(all_items), _AT_ONCE):
        yield all_items[start : start + _AT_ONCE]


async def _look_everywhere(reader: Reader, root: FolderEntry, frontier: _Frontier) -> None:
    new = frontier.after.get(0, {})
    async for _, entry in walk(reader, root):
        if not new:
            return
        if isinstance(entry, FileEntry):
            chunks = FileChunks(reader, entry)
            while chunk := await chunks.next():
                new.pop(chunk.id, None)
