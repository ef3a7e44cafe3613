"""What is damaged is named, with the file that it hurts, and never written."""

from collections.abc import Callable

import pytest

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats.entries import FileEntry, FolderEntry
from keyshelf.repositories.history.content import DamagedFileError
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.walking import chunks_of, find_entry
from tests.unit.repositories.checkout.project import Project, contents, looks, noise

pytestmark = pytest.mark.anyio
Damage = Callable[[Project, ChunkId], None]


@pytest.fixture
async def root(project: Project) -> FolderEntry:
    project.write("fine", noise(9_000))
    project.write("hurt/large", noise(20_000))
    project.write("hurt/small", b"small")
    return await project.commit()


async def chunks_in(project: Project, root: FolderEntry) -> list[ChunkId]:
    """Return the chunks of hurt/large."""
    reader = Reader(project.carrier)
    folder = await find_entry(reader.node, root.node, b"hurt")
    assert isinstance(folder, FolderEntry)
    entry = await find_entry(reader.node, folder.node, b"large")
    assert isinstance(entry, FileEntry)
    assert entry.content
    found = chunks_of(reader.node, entry.content, entry.size, entry.depth)
    return [ChunkId(ref.id.hex()) async for ref in found]


def flip(project: Project, chunk: ChunkId) -> None:
    frame = bytearray(project.carrier.chunks[chunk])
    frame[-1] ^= 1
    project.carrier.chunks[chunk] = bytes(frame)


def swap(project: Project, chunk: ChunkId) -> None:
    other = next(each for each in project.carrier.chunks if each != chunk)
    project.carrier.chunks[chunk] = project.carrier.chunks[other]


def cut(project: Project, chunk: ChunkId) -> None:
    project.carrier.chunks[chunk] = project.carrier.chunks[chunk][:-1]


def lose(project: Project, chunk: ChunkId) -> None:
    del project.carrier.chunks[chunk]


@pytest.mark.parametrize("damage", [flip, swap, cut, lose])
async def test_a_damaged_chunk_is_named_with_its_file(
    project: Project, root: FolderEntry, damage: Damage
) -> None:
    chunk = (await chunks_in(project, root))[5]
    damage(project, chunk)

    with pytest.raises(DamagedFileError) as told:
        await project.checkout(root)

    assert told.value.extras == {"path": "hurt/large", "chunk": chunk}
    assert "hurt/large" not in contents(project.copy)


@pytest.mark.parametrize("damage", [flip, swap, cut, lose])
async def test_all_others_are_written_when_told_to_keep_going(
    project: Project, root: FolderEntry, damage: Damage
) -> None:
    for chunk in (await chunks_in(project, root))[3:6]:
        damage(project, chunk)

    told = await project.checkout(root, keep_going=True)

    assert [each.path for each in told.unwritten] == [b"hurt/large"]
    assert contents(project.copy).keys() == {"fine", "hurt/small"}


async def test_what_was_damaged_is_fetched_when_it_is_whole_again(
    project: Project, root: FolderEntry
) -> None:
    chunk = (await chunks_in(project, root))[5]
    whole = project.carrier.chunks[chunk]
    flip(project, chunk)
    await project.checkout(root, keep_going=True)
    project.carrier.chunks[chunk] = whole
    project.carrier.asked.clear()

    told = await project.checkout(root)

    assert told.written == 1
    assert looks(project.copy) == looks(project.work)


async def test_a_damaged_folder_is_named_and_nothing_is_removed_for_it(
    project: Project, root: FolderEntry
) -> None:
    await project.checkout(root)
    project.write("fine", b"changed")
    again = await project.commit()
    folder = await find_entry(Reader(project.carrier).node, again.node, b"hurt")
    assert isinstance(folder, FolderEntry)
    node = ChunkId(folder.node.hex())
    lose(project, node)

    with pytest.raises(DamagedFileError) as told:
        await project.checkout(again, delete=True)
    assert told.value.extras["path"] == "hurt"
    assert contents(project.copy)["fine"] == noise(9_000), "it is seen before anything is written"

    result = await project.checkout(again, delete=True, keep_going=True)

    assert [each.path for each in result.unwritten] == [b"hurt"]
    assert contents(project.copy) == {
        "fine": b"changed",
        "hurt/large": noise(20_000),
        "hurt/small": b"small",
    }


async def test_a_second_name_of_a_damaged_file_is_named_too(project: Project) -> None:
    (project.work).mkdir()
    project.write("one", noise(20_000))
    (project.work / "two").hardlink_to(project.work / "one")
    root = await project.commit()
    entry = await find_entry(Reader(project.carrier).node, root.node, b"one")
    assert isinstance(entry, FileEntry)
    assert entry.content
    flip(project, ChunkId(entry.content.hex()))

    told = await project.checkout(root, keep_going=True)

    assert sorted(each.path for each in told.unwritten) == [b"one", b"two"]
