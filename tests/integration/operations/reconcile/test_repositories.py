"""The repository store beside its chunks, commits and documents."""

from dataclasses import replace

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import (
    CHUNKS,
    ChunkId,
    asset_hash,
    chunk_key,
    proxy_key,
    repository_key,
)
from keyshelf.operations.reconcile.service import ReconcileParts, reconcile
from keyshelf.operations.reconcile.values import Kind
from keyshelf.repositories.mirroring import mirror
from keyshelf.repositories.stats.service import write_snapshot
from keyshelf.workflows.reconcile_store import repository_ledger
from tests.integration.repositories.shelf import Shelf, commit_tree, tree_of

pytestmark = pytest.mark.anyio

TREE = {f"reel {number}/take.txt": f"take {number}, and more".encode() for number in range(4)}
NOBODYS = chunk_key(ChunkId("ab" * 32))


async def test_a_sound_repository_has_no_findings(shelf: Shelf, later: ReconcileParts) -> None:
    for name, secret in (("film", None), ("twin", None), ("sealed", bytes(32))):
        record = await shelf.repository(name, secret=secret)
        await commit_tree(shelf.carrier(record, secret), TREE)
        await mirror(shelf.parts, record.id)
        await write_snapshot(shelf.parts, record.id)
        key = proxy_key(record.id, asset_hash("cd" * 32), "1080p.mp4")
        await shelf.parts.store.put(key, b"a proxy")

    report = await reconcile(later, repository_ledger(shelf.parts))

    assert report.findings == []
    assert report.counts.objects == len(await shelf.keys())
    assert report.counts.rows > 3 * len(TREE)


async def test_chunks_go_to_who_needs_them_or_to_the_collector(
    shelf: Shelf, later: ReconcileParts
) -> None:
    record = await shelf.repository()
    commit = await commit_tree(shelf.carrier(record), TREE)
    await mirror(shelf.parts, record.id)
    needed = (await shelf.keys(CHUNKS))[0]
    async with shelf.parts.database.transaction() as tx:
        id_ = bytes.fromhex(needed.rpartition("/")[2])
        await tx.execute("DELETE FROM repository_chunks WHERE id = %(id)s", {"id": id_})
    await shelf.parts.store.put(NOBODYS, b"left by somebody")

    report = await reconcile(later, repository_ledger(shelf.parts))
    done = await reconcile(later, repository_ledger(shelf.parts), repair=True)

    assert {each.key for each in report.findings} == {needed, NOBODYS}
    assert {each.key: each.repair for each in done.findings} == {
        needed: "registered",
        NOBODYS: "handed to the collector",
    }
    assert done.counts.repaired == 2
    await shelf.collect(record)
    assert NOBODYS not in await shelf.keys(CHUNKS)
    assert await tree_of(shelf.carrier(record), commit) == TREE
    assert not (await reconcile(later, repository_ledger(shelf.parts))).findings


async def test_all_chunks_that_are_put_right_are_counted_however_few_are_named(
    shelf: Shelf, later: ReconcileParts
) -> None:
    await mirror(shelf.parts, (await shelf.repository()).id)
    orphans = [chunk_key(ChunkId(f"{number:02x}" * 32)) for number in range(7)]
    for key in (ObjectKey("a note of mine"), *orphans):
        await shelf.parts.store.put(key, b"left by somebody")
    few = replace(later, kept=3, objects_at_once=2)

    done = await reconcile(few, repository_ledger(shelf.parts), repair=True)

    assert (done.counts.orphans, done.counts.repaired) == (8, 7)
    assert [each.repair for each in done.findings] == [None, *["handed to the collector"] * 2]


async def test_a_missing_chunk_is_sent_again_and_a_document_is_written_again(
    shelf: Shelf, later: ReconcileParts
) -> None:
    record = await shelf.repository()
    await commit_tree(shelf.carrier(record), TREE)
    await mirror(shelf.parts, record.id)
    gone = (await shelf.keys(CHUNKS))[0]
    document = repository_key(record.id)
    for key in (gone, document):
        await shelf.parts.store.delete(key)

    report = await reconcile(later, repository_ledger(shelf.parts), repair=True)

    assert {each.key: (each.kind, each.repair) for each in report.findings} == {
        gone: (Kind.MISSING, "forgotten"),
        document: (Kind.MISSING, "written again"),
    }
    commit = await commit_tree(shelf.carrier(record), TREE, message="the same once more")
    assert await tree_of(shelf.carrier(record), commit) == TREE
    assert not (await reconcile(later, repository_ledger(shelf.parts))).findings


async def test_no_object_goes_that_is_not_a_chunk(shelf: Shelf, later: ReconcileParts) -> None:
    strangers = [
        ObjectKey("v1/manifests/somebody's/notes.txt"),
        ObjectKey("v1/chunks/zz"),
        ObjectKey("a note of mine"),
    ]
    for key in strangers:
        await shelf.parts.store.put(key, b"mine")

    report = await reconcile(later, repository_ledger(shelf.parts), repair=True)

    assert {each.key for each in report.findings} == set(strangers)
    assert report.counts.repaired == 0
    assert set(strangers) <= set(await shelf.keys())
