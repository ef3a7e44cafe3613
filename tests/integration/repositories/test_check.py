"""What a check finds of missing, truncated, swapped and flipped objects, and whom it names."""

import msgspec
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import ChunkId, chunk_key, manifest_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.check.values import DamagedRepositoryError, Fault, Report
from keyshelf.repositories.formats import ids, nodes
from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.nodes import NodeKind
from keyshelf.repositories.memory_carrier import MemoryCarrier
from tests.integration.repositories.shelf import Packed, Shelf, Tree, commit_tree, push_tree

pytestmark = pytest.mark.anyio
SECRET = b"s" * 32
FIRST = {"a.mov": b"the first take, in several chunks", "notes/n.txt": b"noted", "x": b""}
SECOND = {"a.mov": b"the first take, changed in its end", "notes/n.txt": b"noted"}


async def content_of(shelf: Shelf, key: ObjectKey) -> bytes:
    async with await shelf.parts.store.get(key) as reader:
        return await reader.read()


def file_chunk(content: bytes, secret: bytes | None = None) -> ChunkId:
    return ids.chunk_id(content, Keys.of(secret) if secret else None)


def folder_node(tree: Tree) -> ChunkId:
    return ChunkId(Packed(None).folder(b"", tree).node.hex())


def faults(report: Report) -> list[tuple[str, Fault]]:
    return [(each.id, each.fault) for each in report.damaged]


async def test_what_was_committed_is_clean(shelf: Shelf, film: RepositoryRecord) -> None:
    carrier = shelf.carrier(film)
    await commit_tree(carrier, FIRST)
    await commit_tree(carrier, SECOND)
    needed = Packed(None)
    needed.folder(b"", FIRST)
    needed.folder(b"", SECOND)

    quick = await check(carrier)
    whole = await check(carrier, read_data=True)

    assert quick.is_clean
    assert (quick.commits, quick.chunks) == (2, len(needed.chunks))
    assert whole.chunks_read == whole.chunks > quick.chunks_read
    assert whole.bytes_read == sum(len(each.frame) for each in needed.chunks.values())
    assert msgspec.json.decode(msgspec.json.encode(whole), type=Report) == whole


async def test_it_names_whom_a_missing_chunk_hurts(shelf: Shelf, film: RepositoryRecord) -> None:
    carrier = shelf.carrier(film)
    first = await commit_tree(carrier, FIRST)
    second = await commit_tree(carrier, SECOND)
    await commit_tree(carrier, {"notes/n.txt": b"noted"})
    lost = file_chunk(b"the firs")
    await shelf.parts.store.delete(chunk_key(lost))

    report = await check(carrier)

    assert faults(report) == [(lost, Fault.MISSING)]
    assert [(each.path, each.commits) for each in report.hurt_files] == [("a.mov", 2)]
    assert set(report.hurt_commits) == {first, second}
    assert (report.hurt_files_count, report.hurt_commits_count) == (1, 2)
    with pytest.raises(DamagedRepositoryError):
        report.require_clean()


@pytest.mark.parametrize("secret", [None, SECRET])
async def test_a_truncated_chunk_is_found_without_reading_all(
    shelf: Shelf, secret: bytes | None
) -> None:
    record = await shelf.repository("any", secret=secret)
    carrier = shelf.carrier(record, secret)
    await commit_tree(carrier, {"long": b"x" * 8, "other": b"12345678"})
    key = chunk_key(file_chunk(b"12345678", secret))
    await shelf.parts.store.put(key, (await content_of(shelf, key))[:-3])

    report = await check(carrier)

    assert faults(report) == [(file_chunk(b"12345678", secret), Fault.TRUNCATED)]
    assert [each.path for each in report.hurt_files] == ["other"]


async def test_swapped_and_flipped_chunks_are_found_by_reading(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    await commit_tree(carrier, {"a": b"aaaaaaaa", "b": b"bbbbbbbb", "c": b"cccccccc"})
    swapped, flipped = file_chunk(b"aaaaaaaa"), file_chunk(b"bbbbbbbb")
    other = await content_of(shelf, chunk_key(file_chunk(b"cccccccc")))
    await shelf.parts.store.put(chunk_key(swapped), other)
    content = bytearray(await content_of(shelf, chunk_key(flipped)))
    content[4] ^= 8
    await shelf.parts.store.put(chunk_key(flipped), bytes(content))

    report = await check(carrier, read_data=True)

    assert dict(faults(report)) == {swapped: Fault.SWAPPED, flipped: Fault.CHANGED}
    assert [each.path for each in report.hurt_files] == ["a", "b"]


async def test_a_lost_folder_hurts_all_that_is_in_it(shelf: Shelf, film: RepositoryRecord) -> None:
    carrier = shelf.carrier(film)
    commit = await commit_tree(carrier, FIRST)
    await shelf.parts.store.delete(chunk_key(folder_node({"n.txt": b"noted"})))

    report = await check(carrier)

    assert [(each.path, each.commit) for each in report.hurt_files] == [("notes/", commit)]


async def test_files_are_found_however_deep_they_are(shelf: Shelf, film: RepositoryRecord) -> None:
    carrier = shelf.carrier(film)
    packed = Packed(None)
    root = packed.folder(b"d", {"n.txt": b"noted"})
    for _ in range(600):
        node = packed.put(nodes.encode(NodeKind.FOLDER, 0, [root]))
        root = FolderEntry(b"d", 0o755, 0, node, root.files, root.size)
    async with carrier.push() as push:
        await push.send(list(packed.chunks.values()))
        await push_tree(push, carrier.repository, root)
    await shelf.parts.store.delete(chunk_key(file_chunk(b"noted")))

    report = await check(carrier)

    assert [each.path for each in report.hurt_files] == ["d/" * 600 + "n.txt"]


async def test_a_lost_manifest_hurts_its_commit(shelf: Shelf, film: RepositoryRecord) -> None:
    carrier = shelf.carrier(film)
    await commit_tree(carrier, FIRST)
    second = await commit_tree(carrier, SECOND)
    key = manifest_key(film.id, second)
    content = await content_of(shelf, key)
    for damaged, fault in ((content[:-1], Fault.TRUNCATED), (content[:5], Fault.TRUNCATED)):
        await shelf.parts.store.put(key, damaged)

        report = await check(carrier)

        assert [(each.kind, each.id, each.fault) for each in report.damaged] == [
            ("manifest", second, fault)
        ]
        assert report.hurt_commits == [second]


async def test_a_sample_reads_the_same_part_each_time(shelf: Shelf) -> None:
    carrier = MemoryCarrier((await shelf.repository("any")).opened(None), shelf.clock)
    await commit_tree(carrier, {"long": b"".join(b"%08d" % number for number in range(200))})
    nodes = (await check(carrier)).chunks_read

    some = await check(carrier, sample=0.2)
    others = await check(carrier, sample=0.2, seed=b"another")

    assert 10 < some.chunks_read - nodes < 80
    assert await check(carrier, sample=0.2) == some
    assert some.bytes_read != others.bytes_read or some.chunks_read != others.chunks_read
