"""Commits that nobody made by committing: whatever a tree says, it is kept in its folder."""

from pathlib import Path
from typing import Any

import pytest

from keyshelf.errors import ConflictError
from keyshelf.repositories.checkout.values import TooDeepError
from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import (
    HAS_HOLES,
    Entry,
    FileEntry,
    FolderEntry,
    LinkEntry,
)
from keyshelf.repositories.formats.ids import content_hash
from keyshelf.repositories.formats.nodes import ChunkRef, FolderRef, ListRef, NodeKind
from keyshelf.repositories.history.content import DamagedFileError
from keyshelf.repositories.part_names import part_name
from tests.unit.repositories.checkout.project import LONG_AGO, Project, contents, noise

pytestmark = pytest.mark.anyio

CONTENT = noise(3000)
FOLDER_BYTES = 4096


def file(project: Project, name: bytes, held: bytes = CONTENT, **other: Any) -> FileEntry:
    chunk = project.carrier.put(held)
    fields: dict[str, Any] = {"content": chunk, "hash": content_hash(held), **other}
    return FileEntry(name, 0o644, LONG_AGO, len(held), **fields)


def folder(project: Project, name: bytes, *entries: Entry) -> FolderEntry:
    made = project.carrier.put_folder(*entries)
    return FolderEntry(name, 0o755, LONG_AGO, made.node, len(entries), 0)


def link(name: bytes, target: bytes = b"elsewhere") -> LinkEntry:
    return LinkEntry(name, 0o777, LONG_AGO, target)


NAMES = [b"", b".", b"..", b"/", b"a/b", b"../a", b"/etc/passwd", b"a\0b"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [file, folder])
async def test_names_that_lead_elsewhere_are_refused(
    project: Project, name: bytes, kind: object
) -> None:
    entry = file(project, name) if kind is file else folder(project, name, file(project, b"x"))

    await refused(project, entry)


async def refused(project: Project, *entries: Entry) -> None:
    """See that a folder with these entries is damage, and that nothing was written."""
    root = project.carrier.put_folder(*entries)

    with pytest.raises(DamagedFileError) as told:
        await project.checkout(root)

    assert told.value.extras["node"] == root.node.hex()
    assert sorted(project.base.rglob("*")) == [project.copy]


async def test_a_name_that_comes_twice_is_refused(project: Project) -> None:
    await refused(project, file(project, b"a"), file(project, b"a", b"other"))


async def test_a_file_and_a_folder_of_one_name_are_refused(project: Project) -> None:
    await refused(project, link(b"a", b"/tmp"), folder(project, b"a", file(project, b"b")))


async def test_names_out_of_order_are_refused(project: Project) -> None:
    await refused(project, file(project, b"b"), file(project, b"a"))


@pytest.mark.parametrize("target", [b"", b"a\0b"])
async def test_links_that_cannot_be_are_refused(project: Project, target: bytes) -> None:
    await refused(project, link(b"a", target))


@pytest.mark.parametrize(
    "fields", [{"content": None}, {"depth": 10}, {"content": None, "depth": 1}]
)
async def test_files_that_cannot_be_are_refused(project: Project, fields: dict[str, Any]) -> None:
    await refused(project, file(project, b"a", **fields))


async def test_names_out_of_order_across_nodes_are_refused(project: Project) -> None:
    first, second = (project.carrier.put_folder(file(project, name)) for name in (b"b", b"b\0"[:1]))
    refs = [FolderRef(b"b", first.node, 1), FolderRef(b"c", second.node, 1)]
    top = project.carrier.put(nodes.encode(NodeKind.FOLDER, 1, refs))

    with pytest.raises(DamagedFileError):
        await project.checkout(FolderEntry(b"", 0o755, LONG_AGO, top, 2, 0))


@pytest.mark.parametrize(("last", "entries"), [(b"b", 1), (b"a", 2)])
async def test_a_node_that_is_not_what_the_one_above_says_is_refused(
    project: Project, last: bytes, entries: int
) -> None:
    below = project.carrier.put_folder(file(project, b"a"))
    refs = [FolderRef(last, below.node, entries)]
    top = project.carrier.put(nodes.encode(NodeKind.FOLDER, 1, refs))

    with pytest.raises(DamagedFileError, match="another thing"):
        await project.checkout(FolderEntry(b"", 0o755, LONG_AGO, top, 1, 0))


@pytest.mark.parametrize("sizes", [(3000, 0), (1000, 1999), (1000, 2001), (3000, 3000)])
async def test_a_list_that_is_not_as_long_as_its_file_is_refused(
    project: Project, sizes: tuple[int, int]
) -> None:
    refs = [ChunkRef(project.carrier.put(noise(size)), size) for size in sizes]
    top = project.carrier.put(nodes.encode(NodeKind.LIST, 0, refs))
    entry = FileEntry(b"a", 0o644, LONG_AGO, 3000, top, 1)

    with pytest.raises(DamagedFileError, match="a cannot be checked out"):
        await project.checkout(project.carrier.put_folder(entry))

    assert contents(project.copy) == {}


async def test_a_chunk_of_another_size_than_the_list_says_is_refused(project: Project) -> None:
    refs = [ChunkRef(project.carrier.put(noise(1000)), size) for size in (999, 1001)]
    top = project.carrier.put(nodes.encode(NodeKind.LIST, 0, refs))
    entry = FileEntry(b"a", 0o644, LONG_AGO, 2000, top, 1)

    with pytest.raises(DamagedFileError, match="999 belong there"):
        await project.checkout(project.carrier.put_folder(entry))

    assert "a" not in contents(project.copy)


async def test_a_list_of_another_level_is_refused(project: Project) -> None:
    refs = [ChunkRef(project.carrier.put(CONTENT), len(CONTENT))]
    below = project.carrier.put(nodes.encode(NodeKind.LIST, 0, refs))
    above = [ListRef(below, len(CONTENT), 1)]
    top = project.carrier.put(nodes.encode(NodeKind.LIST, 1, above))
    entry = FileEntry(b"a", 0o644, LONG_AGO, len(CONTENT), top, 1)

    with pytest.raises(DamagedFileError):
        await project.checkout(project.carrier.put_folder(entry))


async def test_folders_without_end_are_refused(project: Project) -> None:
    entry = folder(project, b"a", file(project, b"a"))
    for _ in range(400):
        entry = folder(project, b"a", entry)

    with pytest.raises(TooDeepError):
        await project.checkout(project.carrier.put_folder(entry))


async def test_a_file_called_as_the_part_of_another_gives_no_wrong_bytes(
    project: Project,
) -> None:
    refs = [ChunkRef(project.carrier.put(noise(2000 + n)), 2000 + n) for n in range(30)]
    size = sum(ref.size for ref in refs)
    top = project.carrier.put(nodes.encode(NodeKind.LIST, 0, refs))
    large = FileEntry(b"victim", 0o644, LONG_AGO, size, top, 1)
    thief = file(project, part_name(large))
    root = project.carrier.put_folder(*sorted((large, thief), key=lambda entry: entry.name))

    whole = b"".join(noise(ref.size) for ref in refs)
    try:
        await project.checkout(root)
    except ConflictError:
        assert contents(project.copy).get("victim") in (None, whole)
    else:
        assert contents(project.copy)["victim"] == whole


@pytest.mark.parametrize("first", [b"../../etc/passwd", b"/etc/passwd", b"nothing", b"b"])
async def test_a_second_name_of_what_is_not_there_is_a_file(project: Project, first: bytes) -> None:
    root = project.carrier.put_folder(
        file(project, b"a", link=first), file(project, b"b", noise(9), link=first)
    )

    await project.checkout(root)

    assert contents(project.copy) == {"a": CONTENT, "b": noise(9)}


async def test_links_are_made_and_never_followed(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = project.carrier.put_folder(
        link(b"a", bytes(outside)), folder(project, b"b", link(b"c", b"../../outside"))
    )

    await project.checkout(root)
    told = await project.checkout(root)

    assert told.right == 2
    assert list(outside.iterdir()) == []


async def test_flags_that_lie_do_no_harm(project: Project) -> None:
    zeros = bytes(FOLDER_BYTES)
    root = project.carrier.put_folder(
        file(project, b"a", zeros, flags=HAS_HOLES),
        file(project, b"b", CONTENT, flags=2**40 | HAS_HOLES, hash=b""),
    )

    await project.checkout(root)

    assert contents(project.copy) == {"a": zeros, "b": CONTENT}


async def test_times_from_everywhere_can_be_set(project: Project) -> None:
    entries = [FileEntry(b"a", 0o644, mtime, 0) for mtime in (-(2**63), 2**63 - 1, 2**64 - 1)]
    for number, entry in enumerate(entries):
        await project.checkout(project.carrier.put_folder(entry), overwrite=number > 0)

    assert contents(project.copy) == {"a": b""}
