"""Chunks that are tagged as deleted, for a rule of their bucket, and wanted again meanwhile."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from keyshelf.database.pool import Database
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import chunk_key
from keyshelf.repositories.chunks.confirming import ChunkNotAsNamedError, confirm
from keyshelf.repositories.chunks.passing import receive
from keyshelf.repositories.chunks.transfers import sign_uploads
from keyshelf.repositories.formats.headers import Tier
from keyshelf.repositories.parts import Placement
from keyshelf.repositories.pushes import service as pushes
from keyshelf.store.memory import MemoryStore
from keyshelf.store.opening import StoreOptions, open_store
from tests.integration.repositories.shelf import (
    ANNA,
    MAIN,
    Shelf,
    commit_tree,
    open_shelf,
    tree_of,
)
from tests.integration.repositories.test_confirming import CONTENT, announced, claimed, sealed

pytestmark = [pytest.mark.anyio, pytest.mark.services]
TREE = {"a.txt": CONTENT}


@pytest.fixture(params=["memory", "strict_s3_server", "minio_server"])
async def shelf(database: Database, request: pytest.FixtureRequest) -> AsyncGenerator[Shelf]:
    if request.param == "memory":
        store = MemoryStore()
    else:
        options: StoreOptions = request.getfixturevalue(request.param).new_bucket()
        store = await open_store(options)
    opened = open_shelf(database, store)
    marking = replace(opened.parts.options, marks_deleted=True, url_expiry=timedelta(hours=1))
    yield replace(opened, parts=replace(opened.parts, options=marking))
    await store.aclose()


async def status(shelf: Shelf, key: ObjectKey) -> str:
    return (await shelf.parts.store.get_tags(key))["dits:status"]


async def marked_tree(shelf: Shelf) -> list[ObjectKey]:
    """Commit a tree, take its branch away, and collect; return the keys of its chunks."""
    film = await shelf.repository("film")
    carrier = shelf.carrier(film)
    commit = await commit_tree(carrier, TREE)
    await carrier.delete_ref(MAIN, expected=commit)
    await shelf.collect(film)
    await shelf.collect(film)
    return await shelf.keys("v1/chunks/")


async def test_collecting_tags_chunks_and_removes_manifests(shelf: Shelf) -> None:
    keys = await marked_tree(shelf)

    assert len(keys) > 2
    assert {await status(shelf, key) for key in keys} == {"deleted"}
    assert await shelf.keys("v1/manifests/") == []
    assert await shelf.count("repository_chunks") == 0
    assert await shelf.count("repository_deletions") == 0


async def test_what_is_wanted_again_is_written_again(shelf: Shelf) -> None:
    keys = await marked_tree(shelf)

    again = shelf.carrier(await shelf.repository("again"))
    commit = await commit_tree(again, TREE)

    assert {await status(shelf, key) for key in keys} == {"active"}
    assert await tree_of(again, commit) == TREE


async def test_what_somebody_else_sends_again_is_not_believed_to_stay(shelf: Shelf) -> None:
    await marked_tree(shelf)
    chunk = sealed()
    key = chunk_key(chunk.id)
    await shelf.parts.store.put(key, chunk.frame)
    await shelf.parts.store.set_tags(key, {"dits:status": "deleted"})
    other = await shelf.repository("other")
    push = await pushes.begin(shelf.parts, other.number, ANNA)

    if not isinstance(shelf.parts.store, MemoryStore):  # which signs nothing
        signed = await sign_uploads(shelf.parts, other, push, [announced(chunk)])
        assert signed.reservation is not None
        with pytest.raises(ChunkNotAsNamedError):
            await confirm(
                shelf.parts, other, push, signed.reservation, [claimed(push, chunk)], keys=None
            )
        assert key not in await shelf.keys("v1/chunks/")
    await receive(shelf.parts, other, push, {chunk.id: chunk.frame}, keys=None)

    assert await status(shelf, key) == "active"


async def test_new_chunks_have_the_class_and_tag_that_are_set(shelf: Shelf) -> None:
    warm = Placement(Tier.WARM, "REDUCED_REDUNDANCY")  # which MinIO knows as well
    placed = replace(shelf.parts.options, chunks=warm)
    there = replace(shelf, parts=replace(shelf.parts, options=placed))
    await commit_tree(there.carrier(await there.repository()), TREE)

    for prefix, expected in (("v1/chunks/", ("warm", warm.storage_class)), ("v1/m", ("hot", None))):
        for key in await there.keys(prefix):
            tags, meta = await there.parts.store.get_tags(key), await there.parts.store.head(key)
            assert (tags["dits:tier"], meta.storage_class) == expected
