"""The database is lost, and everything is there again from the store alone."""

from typing import LiteralString

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.namespace import DEFAULT_NAMESPACE
from keyshelf.layout.repository import CHUNKS, ChunkId, chunk_key, manifest_key, repository_key
from keyshelf.repositories import managing
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.mirroring import mirror
from keyshelf.repositories.rebuild.finding import has_unknown
from keyshelf.repositories.rebuild.service import rebuild
from keyshelf.repositories.unlocking import Unlocking
from keyshelf.store.base import Attributes, PutOptions
from keyshelf.store.memory import MemoryOptions, MemoryStore
from tests.integration.repositories.shelf import (
    ANNA,
    KEY,
    MAIN,
    Packed,
    Shelf,
    branch,
    commit_tree,
    tag,
    tree_of,
)

pytestmark = pytest.mark.anyio
SECRET = b"s" * 32
TREE = {"a.mov": b"the first take, in several chunks", "notes/n.txt": b"noted", "empty": b""}
OTHER = {"a.mov": b"the first take, changed in its end", "notes/n.txt": b"noted"}

_ROWS: dict[str, LiteralString] = {
    "repositories": """
        SELECT id, owner_id, name, created_at, min_chunk, average_chunk, max_chunk, level, key_id,
            slots, generation, mirrored_generation, chunks, chunk_bytes, stored_bytes
        FROM repositories ORDER BY id
    """,
    "refs": """
        SELECT r.id, f.kind, f.name, f.commit_hash, f.updated_at, f.updated_by
        FROM repository_refs f JOIN repositories r ON r.number = f.repository ORDER BY 1, 2, 3
    """,
    "commits": """
        SELECT r.id, c.hash, c.parents, c.generation, c.files, c.bytes, c.written_at
        FROM repository_commits c JOIN repositories r ON r.number = c.repository ORDER BY 1, 2
    """,
    "chunks": """
        SELECT r.id, c.id AS chunk, c.size, c.stored_size
        FROM repository_chunks c JOIN repositories r ON r.number = c.repository ORDER BY 1, 2
    """,
}


@pytest.fixture
def shelf(shelf: Shelf) -> Shelf:
    return shelf.on(MemoryStore(MemoryOptions(clock=shelf.clock)))


async def all_rows(shelf: Shelf) -> dict[str, list[dict[str, object]]]:
    return {name: await shelf.rows(sql) for name, sql in _ROWS.items()}


async def fill(shelf: Shelf) -> tuple[RepositoryRecord, RepositoryRecord]:
    film, secret = await shelf.repository("film"), await shelf.repository("secret", secret=SECRET)
    for carrier in (shelf.carrier(film), shelf.carrier(secret, SECRET)):
        first = await commit_tree(carrier, TREE)
        await commit_tree(carrier, OTHER)
        await commit_tree(carrier, {"b": b"a branch of its own"}, name=branch("side/way"))
        await carrier.move_ref(tag("v1"), expected=None, to=first)
    return film, secret


@pytest.mark.parametrize("unlockings", [[Unlocking(key=KEY)], []])
async def test_every_row_is_restored(shelf: Shelf, unlockings: list[Unlocking]) -> None:
    await fill(shelf)
    before = await all_rows(shelf)
    assert not await has_unknown(shelf.parts)
    await shelf.empty()
    assert await has_unknown(shelf.parts)

    dry = await rebuild(shelf.parts, unlockings=unlockings, dry_run=True)
    assert await shelf.count("repositories") == 0
    rebuilt = await rebuild(shelf.parts, unlockings=unlockings)

    assert await all_rows(shelf) == before
    assert dry == rebuilt
    assert rebuilt.problems == []
    assert rebuilt.locked == ([] if unlockings else ["secret"])
    assert (rebuilt.repositories, rebuilt.refs, rebuilt.commits) == (2, 6, 6)
    assert rebuilt.chunks == len(before["chunks"])
    again = await rebuild(shelf.parts, unlockings=unlockings)
    assert (again.repositories, again.refs, again.commits, again.chunks) == (0, 0, 0, 0)
    assert await all_rows(shelf) == before


async def test_only_what_is_lacking_is_added(shelf: Shelf) -> None:
    await fill(shelf)
    before = await all_rows(shelf)
    async with shelf.parts.database.transaction() as tx:
        await tx.execute("TRUNCATE repository_refs, repository_commits, repository_chunks")
        await tx.execute("UPDATE repositories SET chunks = 0, chunk_bytes = 0, stored_bytes = 0")

    rebuilt = await rebuild(shelf.parts, unlockings=[Unlocking(key=KEY)])

    assert rebuilt.repositories == 0
    assert await all_rows(shelf) == before


async def test_what_cannot_be_read_is_told_and_ends_nothing(shelf: Shelf) -> None:
    film, _ = await fill(shelf)
    broken = await shelf.repository("broken")
    await shelf.parts.store.put(repository_key(broken.id), b"{}")
    await shelf.parts.store.put(ObjectKey("v1/metadata/repos/notes.txt"), b"")
    lost = await shelf.carrier(film).ref(MAIN)
    assert lost is not None
    await shelf.parts.store.delete(manifest_key(film.id, lost))
    await shelf.empty()

    rebuilt = await rebuild(shelf.parts, unlockings=[Unlocking(key=KEY)])

    assert {each.key for each in rebuilt.problems} == {
        repository_key(broken.id),
        "v1/metadata/repos/notes.txt",
        manifest_key(film.id, lost),
    }
    assert (rebuilt.repositories, rebuilt.commits) == (2, 5)


async def test_chunks_that_no_commit_needs_go_with_the_next_collection(shelf: Shelf) -> None:
    records = await fill(shelf)
    packed = Packed(None)
    stray = ChunkId(packed.put(b"a stray chunk").hex())
    async with shelf.carrier(records[0]).push() as push:
        await push.send(list(packed.chunks.values()))
    await shelf.empty()

    rebuilt = await rebuild(shelf.parts, unlockings=[Unlocking(key=KEY)])
    for record in records:
        there = await managing.get(shelf.parts, record.id, [ANNA])
        secret = SECRET if there.is_encrypted else None
        await shelf.collect(there, secret=secret)
        assert (await check(shelf.carrier(there, secret), read_data=True)).is_clean

    assert rebuilt.unowned == 1
    assert chunk_key(stray) not in await shelf.keys(CHUNKS)


async def test_a_restored_repository_goes_on(shelf: Shelf) -> None:
    film = await shelf.repository("film")
    await commit_tree(shelf.carrier(film), TREE)
    await shelf.empty()
    await rebuild(shelf.parts)
    carrier = shelf.carrier(await managing.get(shelf.parts, film.id, [ANNA]))

    commit = await commit_tree(carrier, OTHER)
    await mirror(shelf.parts, film.id)

    assert await tree_of(carrier, commit) == OTHER
    assert (await check(carrier, read_data=True)).commits == 2


async def test_a_database_that_is_older_than_the_document_catches_up(shelf: Shelf) -> None:
    film = await shelf.repository("film")
    first = await commit_tree(shelf.carrier(film), TREE)
    backup = await shelf.rows("SELECT generation FROM repositories")
    second = await commit_tree(shelf.carrier(film), OTHER)
    async with shelf.parts.database.transaction() as tx:
        await tx.execute(
            "UPDATE repositories SET generation = %(old)s, mirrored_generation = %(old)s",
            {"old": backup[0]["generation"]},
        )
        await tx.execute(
            "UPDATE repository_refs SET commit_hash = %(first)s", {"first": bytes.fromhex(first)}
        )
        await tx.execute(
            "DELETE FROM repository_commits WHERE hash = %(second)s",
            {"second": bytes.fromhex(second)},
        )

    rebuilt = await rebuild(shelf.parts)

    assert (rebuilt.commits, rebuilt.refs, rebuilt.problems) == (1, 1, [])
    assert await shelf.carrier(film).ref(MAIN) == second
    third = await commit_tree(shelf.carrier(film), TREE)
    await shelf.empty()
    await rebuild(shelf.parts)
    restored = await managing.get(shelf.parts, film.id, [ANNA])
    assert await shelf.carrier(restored).ref(MAIN) == third


async def test_metadata_of_commits_that_come_from_each_other_ends_nothing(shelf: Shelf) -> None:
    secret = await shelf.repository("secret", secret=SECRET)
    carrier = shelf.carrier(secret, SECRET)
    commits = [await commit_tree(carrier, TREE), await commit_tree(carrier, OTHER)]
    for commit, parent in zip(commits, reversed(commits), strict=True):
        key = manifest_key(secret.id, commit)
        async with await shelf.parts.store.get(key) as reader:
            framed, kept = await reader.read(), reader.meta.attributes or Attributes()
        metadata = {**kept.metadata, f"{DEFAULT_NAMESPACE}-parent": parent}
        await shelf.parts.store.put(
            key, framed, PutOptions(attributes=Attributes(metadata=metadata))
        )
    await shelf.empty()

    assert (await rebuild(shelf.parts)).commits == 2
