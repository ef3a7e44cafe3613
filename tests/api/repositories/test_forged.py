"""Whoever may commit can write any manifest and any tree: it harms nobody else."""

from datetime import UTC, datetime
from uuid import UUID

import httpx2
import pytest

from keyshelf.api.routes import repositories_history
from keyshelf.layout.repository import ChunkId, RepositoryId
from keyshelf.repositories.formats import frame, ids, manifest, nodes
from keyshelf.repositories.formats.entries import FileEntry, FolderEntry
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.manifest import Author, Manifest
from keyshelf.repositories.formats.nodes import NodeKind
from keyshelf.repositories.values import SealedChunk
from tests.api.conftest import Program
from tests.api.repositories.conftest import Shelf, problem, sealed

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MOST = 2**63 - 1


def folder(node: ChunkId, name: bytes = b"", size: int = 1) -> FolderEntry:
    return FolderEntry(name, 0o755, 0, bytes.fromhex(node), 1, size)


def node(*entries: FileEntry | FolderEntry) -> SealedChunk:
    return sealed(nodes.encode(NodeKind.FOLDER, 0, entries))


def publish(shelf: Shelf, root: FolderEntry, branch: str) -> httpx2.Response:
    said = Manifest(RepositoryId(UUID(shelf.id)), (), root, branch, Author("Eve"), AT, 1)
    content = manifest.encode(said)
    commit = ids.commit_hash(content, None)
    framed = frame.seal(content, type=FrameType.MANIFEST, digest=bytes.fromhex(commit), keys=None)
    where = f"/api/repositories/{shelf.id}/manifests/{commit}"
    params = {"push": shelf.push["id"], "branch": branch}
    return shelf.program.http.put(where, params=params, content=framed)


def test_sizes_that_commits_only_claim_keep_nobody_from_the_list(program: Program) -> None:
    shelf = Shelf.make(program)
    empty = node()
    shelf.send(empty)

    answers = [publish(shelf, folder(empty.id, size=MOST), name) for name in ("one", "two")]
    beyond = publish(shelf, folder(empty.id, size=MOST + 1), "three")

    assert [each.status_code for each in answers] == [200, 200]
    assert problem(beyond.json()) == "manifest-not-as-named"
    listed = program.call("GET", "/api/repositories", params={"limit": 500}, status=200)["items"]
    assert shelf.id in {each["id"] for each in listed}
    assert shelf.call("GET", "/stats", status=200)["logical_bytes"] == MOST


def test_a_small_tree_that_never_ends_does_not_keep_the_service(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repositories_history, "MOST_SECONDS", 0.1)
    shelf = Shelf.make(program)
    levels = [node(FileEntry(b"file", 0o644, 0, 0))]
    for _ in range(60):
        below = levels[-1].id
        levels.append(node(folder(below, b"a"), folder(below, b"b")))
    shelf.send(*levels)
    assert publish(shelf, folder(levels[-1].id), "main").status_code == 200

    for below in ("/commits/main", "/diff?to=main"):
        assert problem(shelf.call("GET", below, status=429)) == "too-much-to-compare"
    assert shelf.call("GET", "/tree/main", status=200)["items"][0]["name"] == "a"
