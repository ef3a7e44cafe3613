"""What is made to expand, to nest or to fan out without end does not keep a check for ever."""

import struct

import pytest
from backports import zstd

from keyshelf.layout.repository import CommitHash, chunk_key, manifest_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.check.values import Fault
from keyshelf.repositories.formats import frame, nodes
from keyshelf.repositories.formats.entries import Entry, FileEntry, FolderEntry
from keyshelf.repositories.formats.frame import Codec, FrameType, Suite
from keyshelf.repositories.formats.ids import NO_KEY_ID
from keyshelf.repositories.formats.nodes import NodeKind
from tests.integration.repositories.shelf import Packed, Shelf, commit_tree, push_tree

pytestmark = pytest.mark.anyio


def folder(name: bytes, node: bytes) -> FolderEntry:
    return FolderEntry(name, 0o755, 0, node, 1, 1)


def put_node(packed: Packed, *entries: Entry) -> bytes:
    return packed.put(nodes.encode(NodeKind.FOLDER, 0, entries))


async def commit_nested(
    shelf: Shelf, film: RepositoryRecord, *, levels: int, names: tuple[bytes, ...]
) -> CommitHash:
    """Commit folders in folders, each of which has the same one under several names."""
    carrier, packed = shelf.carrier(film), Packed(None)
    lost = packed.put(b"to be lost")
    node = put_node(packed, FileEntry(b"f", 0o644, 0, 10, lost, 0, b"h" * 32))
    for _ in range(levels):
        node = put_node(packed, *[folder(name, node) for name in names])
    async with carrier.push() as push:
        await push.send(list(packed.chunks.values()))
        commit = await push_tree(push, carrier.repository, folder(b"", node))
    await shelf.parts.store.delete(chunk_key(next(iter(packed.chunks))))
    return commit


async def test_more_hurt_paths_than_anybody_can_list_are_cut_short(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    commit = await commit_nested(shelf, film, levels=60, names=(b"a", b"b"))

    report = await check(shelf.carrier(film), most_path_bytes=50_000)

    assert [each.fault for each in report.damaged] == [Fault.MISSING]
    assert (report.is_cut_short, report.hurt_commits) == (True, [commit])
    assert report.hurt_files_count > 0


async def test_folders_that_are_deeper_than_anybody_can_list_are_cut_short(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    commit = await commit_nested(shelf, film, levels=100, names=(b"a",))

    report = await check(shelf.carrier(film), most_path_bytes=1000)

    assert (report.is_cut_short, report.hurt_commits) == (True, [commit])


async def test_a_chunk_that_expands_beyond_what_it_says_is_found_unopened(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier, packed = shelf.carrier(film), Packed(None)
    await commit_tree(carrier, {"a": b"twelve bytes"})
    packed.folder(b"", {"a": b"twelve bytes"})
    header = frame.HEADER.pack(
        frame.MAGIC, frame.VERSION, FrameType.CHUNK, Codec.ZSTD, Suite.NONE, 1000, NO_KEY_ID
    )
    bomb = header + zstd.compress(bytes(2**24))
    claims = header[:8] + struct.pack("<I", 2**32 - 1) + header[12:] + zstd.compress(b"")
    for chunk, each in zip(packed.chunks, (bomb, claims), strict=False):
        await shelf.parts.store.put(chunk_key(chunk), each)

    report = await check(carrier, read_data=True)

    assert [each.fault for each in report.damaged] == [Fault.CHANGED] * 2
    assert [each.path for each in report.hurt_files] == ["a"]


async def test_a_manifest_of_any_size_is_not_read(shelf: Shelf, film: RepositoryRecord) -> None:
    carrier = shelf.carrier(film)
    commit = await commit_tree(carrier, {"a": b"a"})
    await shelf.parts.store.put(manifest_key(film.id, commit), bytes(2**21))

    report = await check(carrier)

    assert [(each.kind, each.fault) for each in report.damaged] == [("manifest", Fault.SWAPPED)]
    assert "none has 2097152 bytes" in report.damaged[0].detail
