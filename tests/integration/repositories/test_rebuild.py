"""The database is lost, and everything is there again from the store alone."""

from datetime import timedelta
from typing import LiteralString

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.namespace import DEFAULT_NAMESPACE
from keyshelf.layout.repository import (
    CHUNKS,
    ChunkId,
    CommitHash,
    chunk_key,
    manifest_key,
    repository_key,
)
from keyshelf.repositories import managing
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.deleting import queries as notes
from keyshelf.repositories.mirroring import DatabaseBehindError, mirror
from keyshelf.repositories.rebuild.service import rebuild
from keyshelf.repositories.rebuild.values import Parted
from keyshelf.repositories.unknown import UnknownRepositoryError, unknown
from keyshelf.repositories.unlocking import Unlocking
from keyshelf.repositories.upkeep import upkeep
from keyshelf.repositories.values import repository_name
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


async def bytes_of(shelf: Shelf, key: ObjectKey) -> bytes:
    async with await shelf.parts.store.get(key) as reader:
        return await reader.read()


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
    assert not await unknown(shelf.parts)
    await shelf.empty()
    assert await unknown(shelf.parts)

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


@pytest.mark.parametrize("damage", ["rubbish", "deleted"])
async def test_nothing_is_collected_while_a_document_cannot_be_read(
    shelf: Shelf, damage: str
) -> None:
    film, lost = await shelf.repository("film"), await shelf.repository("lost")
    for each in (film, lost):
        await commit_tree(shelf.carrier(each), TREE)
    document, key = await bytes_of(shelf, repository_key(lost.id)), repository_key(lost.id)
    if damage == "rubbish":
        await shelf.parts.store.put(key, b"rubbish")
    else:
        await shelf.parts.store.delete(key)
    await shelf.empty()
    before = await shelf.keys()

    rebuilt = await rebuild(shelf.parts)
    there = await managing.get(shelf.parts, film.id, [ANNA])
    # What the other needs as well goes from the one that is known.
    main = await shelf.carrier(there).ref(MAIN)
    assert main is not None
    await shelf.carrier(there).delete_ref(MAIN, expected=main)
    for _ in range(2):
        with pytest.raises(UnknownRepositoryError, match=str(lost.id)):
            await shelf.collect(there)
        shelf.clock.pass_by(timedelta(days=400))
        async with shelf.parts.database.transaction() as tx:
            await notes.note(tx, await shelf.keys(CHUNKS), now=shelf.clock())
            await tx.execute("DELETE FROM repository_chunks")
        for task in upkeep(shelf.parts):
            await task.run()

    assert {each.key for each in rebuilt.problems} == {key}
    assert set(before) <= set(await shelf.keys())
    await shelf.parts.store.put(key, document)
    assert (await rebuild(shelf.parts)).problems == []
    again = await managing.get(shelf.parts, lost.id, [ANNA])
    await shelf.collect(there)
    assert (await check(shelf.carrier(again), read_data=True)).is_clean


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


async def restore(shelf: Shelf, *, main: CommitHash, generation: object) -> None:
    """Make the database what a backup of then would make it, when main led to a commit."""
    async with shelf.parts.database.transaction() as tx:
        await tx.execute(
            "UPDATE repositories SET generation = %(old)s, mirrored_generation = %(old)s",
            {"old": generation},
        )
        await tx.execute(
            "UPDATE repository_refs SET commit_hash = %(main)s", {"main": bytes.fromhex(main)}
        )
        await tx.execute(
            "DELETE FROM repository_commits WHERE hash <> %(main)s", {"main": bytes.fromhex(main)}
        )


async def generation_of(shelf: Shelf) -> object:
    return (await shelf.rows("SELECT generation FROM repositories"))[0]["generation"]


async def test_a_database_that_is_older_than_the_document_catches_up(shelf: Shelf) -> None:
    film = await shelf.repository("film")
    first = await commit_tree(shelf.carrier(film), TREE)
    then = await generation_of(shelf)
    second = await commit_tree(shelf.carrier(film), OTHER)
    await restore(shelf, main=first, generation=then)

    rebuilt = await rebuild(shelf.parts)

    assert (rebuilt.commits, rebuilt.refs, rebuilt.problems) == (1, 1, [])
    assert rebuilt.parted == []
    assert await shelf.carrier(film).ref(MAIN) == second
    third = await commit_tree(shelf.carrier(film), TREE)
    await shelf.empty()
    await rebuild(shelf.parts)
    restored = await managing.get(shelf.parts, film.id, [ANNA])
    assert await shelf.carrier(restored).ref(MAIN) == third


@pytest.mark.parametrize("lost", [1, 2])
async def test_an_older_database_changes_nothing_before_it_is_rebuilt(
    shelf: Shelf, lost: int
) -> None:
    film = await shelf.repository("film")
    carrier = shelf.carrier(film)
    first = await commit_tree(carrier, TREE)
    then = await generation_of(shelf)
    for number in range(lost):
        await commit_tree(carrier, {"take": b"%d" % number})
    document = await bytes_of(shelf, repository_key(film.id))
    await restore(shelf, main=first, generation=then)

    with pytest.raises(DatabaseBehindError, match="keyshelf rebuild"):
        await commit_tree(carrier, OTHER)
    with pytest.raises(DatabaseBehindError):
        await carrier.move_ref(tag("v1"), expected=None, to=first)
    with pytest.raises(DatabaseBehindError):
        await carrier.delete_ref(MAIN, expected=first)
    there, name = await managing.get(shelf.parts, film.id, [ANNA]), repository_name("another")
    with pytest.raises(DatabaseBehindError):
        await managing.change(shelf.parts, there, expected=there.generation, name=name)
    before = await shelf.keys()
    with pytest.raises(DatabaseBehindError):
        await shelf.collect(film)
    await mirror(shelf.parts, film.id)

    assert await shelf.keys() == before
    assert await carrier.ref(MAIN) == first
    assert await generation_of(shelf) == then
    assert await bytes_of(shelf, repository_key(film.id)) == document
    await rebuild(shelf.parts)
    await commit_tree(carrier, OTHER)


@pytest.mark.parametrize("lost", [1, 2])
async def test_branches_that_went_two_ways_are_both_kept(shelf: Shelf, lost: int) -> None:
    film = await shelf.repository("film")
    carrier = shelf.carrier(film)
    first = await commit_tree(carrier, TREE)
    then = await generation_of(shelf)
    theirs = ""
    for number in range(lost):
        theirs = await commit_tree(carrier, {"take": b"%d" % number})
    document = await bytes_of(shelf, repository_key(film.id))
    await restore(shelf, main=first, generation=then)
    await shelf.parts.store.delete(repository_key(film.id))
    ours = await commit_tree(carrier, OTHER)
    await shelf.parts.store.put(repository_key(film.id), document)
    await mirror(shelf.parts, film.id)
    assert await bytes_of(shelf, repository_key(film.id)) == document

    dry = await rebuild(shelf.parts, dry_run=True)
    rebuilt = await rebuild(shelf.parts)

    kept = f"from-bucket/main-{theirs[:12]}"
    assert rebuilt.parted == [Parted("film", "branch", "main", ours, theirs, kept)] == dry.parted
    assert await carrier.ref(MAIN) == ours
    assert await carrier.ref(tag(kept)) == theirs
    assert (await rebuild(shelf.parts)).parted == []
    await shelf.collect(film)
    await shelf.empty()
    await rebuild(shelf.parts)
    again = shelf.carrier(await managing.get(shelf.parts, film.id, [ANNA]))
    assert (await again.ref(MAIN), await again.ref(tag(kept))) == (ours, theirs)
    assert (await check(again, read_data=True)).is_clean


async def test_a_branch_that_was_moved_back_leaves_the_commit_that_is_lost(shelf: Shelf) -> None:
    film = await shelf.repository("film")
    carrier = shelf.carrier(film)
    first = await commit_tree(carrier, TREE)
    lost = await commit_tree(carrier, OTHER)
    backup = await generation_of(shelf)
    await carrier.move_ref(MAIN, expected=lost, to=first)
    await mirror(shelf.parts, film.id)
    await restore(shelf, main=lost, generation=backup)
    await shelf.parts.store.delete(manifest_key(film.id, lost))

    rebuilt = await rebuild(shelf.parts)

    assert await carrier.ref(MAIN) == first
    assert {each.key for each in rebuilt.problems} == {manifest_key(film.id, lost)}
    assert rebuilt.parted == []
    await shelf.collect(film)
    assert (await rebuild(shelf.parts)).problems == []
    assert await tree_of(carrier, first) == TREE


async def test_no_tag_keeps_a_commit_that_is_lost(shelf: Shelf) -> None:
    film = await shelf.repository("film")
    carrier = shelf.carrier(film)
    first = await commit_tree(carrier, TREE)
    backup = await generation_of(shelf)
    lost = await commit_tree(carrier, OTHER)
    await restore(shelf, main=first, generation=backup)
    await shelf.parts.store.delete(manifest_key(film.id, lost))

    rebuilt = await rebuild(shelf.parts)

    assert {each.key for each in rebuilt.problems} == {manifest_key(film.id, lost)}
    assert rebuilt.parted == []
    assert await shelf.count("repository_refs") == 1
    assert await carrier.ref(MAIN) == first
    await shelf.collect(film)


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
