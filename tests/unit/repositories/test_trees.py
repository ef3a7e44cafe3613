"""Trees of nodes: what was put in comes out, and equal parts are equal nodes."""

import pytest

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories import walking
from keyshelf.repositories.formats import ids
from keyshelf.repositories.formats.entries import Entry, FileEntry
from keyshelf.repositories.formats.nodes import ChunkRef, NodeKind
from keyshelf.repositories.trees import Root, TreeBuilder

pytestmark = pytest.mark.anyio


class Nodes:
    """Nodes in memory, and how many bytes of them were new."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self.new_bytes = 0

    def put(self, content: bytes) -> bytes:
        node = ids.chunk_id(content, None)
        if node not in self.stored:
            self.new_bytes += len(content)
        self.stored[node] = content
        return bytes.fromhex(node)

    async def read(self, chunk: ChunkId) -> bytes:
        return self.stored[chunk]

    def folder(self, entries: list[Entry]) -> Root:
        builder = TreeBuilder[Entry](NodeKind.FOLDER, self.put)
        for entry in entries:
            builder.add(entry)
        return builder.finish()


def files(count: int) -> list[Entry]:
    return [FileEntry(b"%07d" % number, 0o644, number, 10, b"c" * 32) for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 129, 5000])
async def test_the_entries_of_a_folder_come_out_in_order(count: int) -> None:
    nodes, entries = Nodes(), files(count)

    root = nodes.folder(entries)

    assert [entry async for entry in walking.entries_of(nodes.read, root.id)] == entries


async def test_an_entry_is_found_by_name() -> None:
    nodes, entries = Nodes(), files(5000)
    root = nodes.folder(entries)

    assert await walking.find_entry(nodes.read, root.id, b"0002500") == entries[2500]
    assert await walking.find_entry(nodes.read, root.id, b"0002500x") is None
    assert await walking.find_entry(nodes.read, root.id, b"z") is None


async def test_how_a_folder_came_about_does_not_show() -> None:
    nodes, entries = Nodes(), files(3000)

    whole = nodes.folder(entries)
    nodes.folder(entries[:1500] + entries[1501:])

    assert nodes.folder(entries) == whole


async def test_a_change_in_a_large_folder_writes_little() -> None:
    nodes, entries = Nodes(), files(20_000)
    nodes.folder(entries)
    nodes.new_bytes = 0

    entries[10_000] = FileEntry(b"%07d" % 10_000, 0o600, 1, 11, b"d" * 32)
    nodes.folder(entries)
    del entries[5_000]
    nodes.folder(entries)

    assert nodes.new_bytes < 120_000


async def test_the_chunks_of_a_file_come_out_in_order() -> None:
    nodes = Nodes()
    chunks = [ChunkRef(number.to_bytes(32, "big"), number) for number in range(1, 3000)]
    builder = TreeBuilder[ChunkRef](NodeKind.LIST, nodes.put)
    for chunk in chunks:
        builder.add(chunk)
    root = builder.finish()

    found = walking.chunks_of(nodes.read, root.id, sum(chunk.size for chunk in chunks), root.depth)

    assert [chunk async for chunk in found] == chunks
