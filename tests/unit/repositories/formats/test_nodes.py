"""Nodes: what is written is read, and what leads nowhere good is refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories import walking
from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry, LinkEntry
from keyshelf.repositories.formats.nodes import (
    ChunkRef,
    DamagedNodeError,
    FolderRef,
    ListRef,
    NodeKind,
)

ID = b"i" * 32
FILE = FileEntry(b"a", 0o644, 0, 1, ID, 0, ID)

digests = st.binary(min_size=32, max_size=32)
counts = st.integers(0, 2**63 - 1)
times = st.integers(-(2**63), 2**63 - 1)
modes = st.integers(0, 0o7777)
xattrs = st.none() | st.lists(st.tuples(st.binary(), st.binary()), max_size=3).map(tuple)
names = st.binary(min_size=1, max_size=20).filter(
    lambda name: name not in (b".", b"..") and b"/" not in name and b"\0" not in name
)
files = st.builds(
    FileEntry,
    names,
    modes,
    times,
    counts,
    st.none() | digests,
    st.integers(0, 8),
    digests,
    st.integers(0, 1),
    st.none() | st.binary(max_size=40),
    xattrs,
)
folders = st.builds(FolderEntry, names, modes, times, digests, counts, counts, xattrs)
links = st.builds(LinkEntry, names, modes, times, st.binary(max_size=40), xattrs)


def by_name(entry: Entry) -> bytes:
    return entry.name


@given(st.lists(files | folders | links, max_size=10, unique_by=by_name))
def test_entries_are_read_as_they_were_written(entries: list[Entry]) -> None:
    entries.sort(key=by_name)

    content = nodes.encode(NodeKind.FOLDER, 0, entries)

    assert nodes.decode_folder(content) == nodes.Node(0, entries)


@given(st.lists(st.builds(ChunkRef, digests, counts), max_size=10))
def test_chunks_are_read_as_they_were_written(chunks: list[ChunkRef]) -> None:
    assert nodes.decode_list(nodes.encode(NodeKind.LIST, 0, chunks)) == nodes.Node(0, chunks)


@given(st.binary(max_size=60))
def test_what_is_no_node_is_told(data: bytes) -> None:
    for content in (data, b"KSN1" + data):
        for read in (nodes.decode_folder, nodes.decode_list):
            with pytest.raises(DamagedNodeError):
                read(content)


@pytest.mark.parametrize(
    "inside",
    [
        b"\x91" * 100_000,
        b"\x93\x02\x00" + b"\x91" * 100_000,
        b"\x93\x02\x00\x91\x95" + b"\x91" * 9999,
    ],
    ids=["anywhere", "as items", "as an entry"],
)
def test_arrays_without_end_are_told(inside: bytes) -> None:
    with pytest.raises(DamagedNodeError):
        nodes.decode_folder(b"KSN1" + inside)


def test_a_field_that_no_entry_has_is_told() -> None:
    content = msgspec.msgpack.encode((2, 0, [(2, b"a", 0, 0, b"target", None, "more")]))

    with pytest.raises(DamagedNodeError):
        nodes.decode_folder(b"KSN1" + content)


@pytest.mark.parametrize("name", [b"", b".", b"..", b"a/b", b"/", b"../x", b"a\0b", b"a" * 5000])
def test_a_name_that_leads_out_of_a_folder_is_refused(name: bytes) -> None:
    planted = FileEntry(name, 0o644, 0, 1, ID, 0, ID)

    with pytest.raises(DamagedNodeError):
        nodes.decode_folder(nodes.encode(NodeKind.FOLDER, 0, [planted]))
    with pytest.raises(DamagedNodeError):
        nodes.decode_folder(nodes.encode(NodeKind.FOLDER, 1, [FolderRef(name, ID, 1)]))


@pytest.mark.parametrize("order", [(b"b", b"a"), (b"a", b"a")])
def test_names_come_once_and_in_order(order: tuple[bytes, bytes]) -> None:
    entries = [FileEntry(name, 0o644, 0, 1, ID, 0, ID) for name in order]

    with pytest.raises(DamagedNodeError, match="order"):
        nodes.decode_folder(nodes.encode(NodeKind.FOLDER, 0, entries))


@pytest.mark.parametrize(
    "entry",
    [
        FileEntry(b"a", 0o10000, 0, 1, ID, 0, ID),
        FileEntry(b"a", -1, 0, 1, ID, 0, ID),
        FileEntry(b"a", 0, 0, -1, ID, 0, ID),
        FileEntry(b"a", 0, 0, 1, b"short", 0, ID),
        FileEntry(b"a", 0, 0, 1, ID, -1, ID),
        FileEntry(b"a", 0, 0, 1, ID, 0, ID + b"x"),
        FolderEntry(b"a", 0, 0, b"short", 1, 1),
        FolderEntry(b"a", 0, 0, ID, -1, 1),
        FolderEntry(b"a", 0, 0, ID, 1, -1),
    ],
    ids=repr,
)
def test_numbers_out_of_reason_are_refused(entry: Entry) -> None:
    with pytest.raises(DamagedNodeError):
        nodes.decode_folder(nodes.encode(NodeKind.FOLDER, 0, [entry]))


def test_a_list_is_no_folder() -> None:
    with pytest.raises(DamagedNodeError, match="kind"):
        nodes.decode_folder(nodes.encode(NodeKind.LIST, 0, []))
    with pytest.raises(DamagedNodeError, match="kind"):
        nodes.decode_list(nodes.encode(NodeKind.FOLDER, 0, [FILE]))


@pytest.mark.parametrize("level", [-1, nodes.MAX_LEVEL + 1, 2**63])
def test_a_level_out_of_reason_is_refused(level: int) -> None:
    with pytest.raises(DamagedNodeError):
        nodes.decode_list(nodes.encode(NodeKind.LIST, level, []))


@pytest.mark.anyio
async def test_a_tree_that_does_not_become_less_deep_is_refused() -> None:
    stored = {
        b"1" * 32: nodes.encode(NodeKind.FOLDER, 1, [FolderRef(b"a", b"2" * 32, 1)]),
        b"2" * 32: nodes.encode(NodeKind.FOLDER, 1, [FolderRef(b"a", b"1" * 32, 1)]),
        b"3" * 32: nodes.encode(NodeKind.LIST, 1, [ListRef(b"3" * 32, 1, 1)]),
    }

    async def read(chunk: ChunkId) -> bytes:
        return stored[bytes.fromhex(chunk)]

    with pytest.raises(DamagedNodeError, match="level"):
        [entry async for entry in walking.entries_of(read, b"1" * 32)]
    with pytest.raises(DamagedNodeError, match="level"):
        await walking.find_entry(read, b"1" * 32, b"a")
    with pytest.raises(DamagedNodeError, match="level"):
        [chunk async for chunk in walking.chunks_of(read, b"3" * 32, 1, 2)]
