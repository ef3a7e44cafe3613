"""A commit that is published leads to nothing that is not there: it would stop the collector."""

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.formats import nodes
from keyshelf.repositories.formats.entries import FileEntry, FolderEntry
from keyshelf.repositories.formats.nodes import ChunkRef, NodeKind
from keyshelf.repositories.values import SealedChunk
from tests.api.conftest import Program
from tests.api.repositories.conftest import Shelf, sealed
from tests.api.repositories.test_forged import folder, node, publish
from tests.api.repositories.test_upkeep import finished


def file(content: ChunkId, size: int, depth: int = 0) -> FileEntry:
    return FileEntry(b"a.mov", 0o644, 0, size, bytes.fromhex(content), depth, b"h" * 32)


def items_of(*chunks: SealedChunk) -> SealedChunk:
    refs = [ChunkRef(bytes.fromhex(each.id), each.size) for each in chunks]
    return sealed(nodes.encode(NodeKind.LIST, 0, refs))


def refusal(shelf: Shelf, root: SealedChunk) -> tuple[int, str, str]:
    answer = publish(shelf, folder(root.id), "main")
    return answer.status_code, answer.json()["code"], answer.json().get("chunk")


def test_a_commit_is_refused_that_leads_to_what_was_not_sent(program: Program) -> None:
    shelf = Shelf.make(program)
    never, there = sealed(), sealed()
    lost, inner = items_of(there), node()
    holding = items_of(there, never)
    trees = {
        never.id: node(file(never.id, never.size)),
        lost.id: node(file(lost.id, there.size, 1)),
        inner.id: node(folder(inner.id, b"below")),
    }
    listed = node(file(holding.id, never.size, 1))
    shelf.send(there, holding, listed, *trees.values())

    found = {chunk: refusal(shelf, root) for chunk, root in trees.items()}

    assert found == {chunk: (404, "chunk-missing", chunk) for chunk in trees}
    assert refusal(shelf, listed) == (404, "chunk-missing", never.id)
    job = finished(program, shelf.call("POST", "/gc", json={}))
    assert job["state"] == "succeeded"


def test_a_commit_is_refused_that_reads_a_file_as_a_folder_or_list(program: Program) -> None:
    shelf = Shelf.make(program)
    plain = sealed()
    as_folder, as_list = node(folder(plain.id, b"below")), node(file(plain.id, 9, 1))
    shelf.send(plain, as_folder, as_list)

    for root in (plain, as_folder, as_list):
        assert refusal(shelf, root) == (422, "broken-commit", plain.id)


def test_a_folder_is_read_at_every_level_at_which_it_is_named(program: Program) -> None:
    """Another reader may come to the wrong one first."""
    shelf = Shelf.make(program)
    chunk = sealed()
    shallow = items_of(chunk)
    entries: list[FileEntry | FolderEntry] = [
        FileEntry(name, 0o644, 0, 9, bytes.fromhex(shallow.id), depth, b"h" * 32)
        for name, depth in ((b"a", 1), (b"b", 2))
    ]
    root = node(*entries)
    shelf.send(chunk, shallow, root)

    assert refusal(shelf, root) == (422, "broken-commit", shallow.id)
