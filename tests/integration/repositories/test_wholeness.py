"""What is looked at of a commit that somebody else made, before it is taken in."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import CHUNKS, CommitHash
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.pushes import service as pushes
from keyshelf.repositories.receiving import SentManifest, receive
from keyshelf.store.memory import MemoryStore
from tests.integration.repositories.shelf import (
    ANNA,
    MAIN,
    Shelf,
    Tree,
    commit_tree,
    sealed_manifest,
    send_tree,
)

pytestmark = pytest.mark.anyio
MANY = {f"{folder}/{name:04}": b"%d" % name for folder in "abc" for name in range(900)}


class CountingStore(MemoryStore):
    """Counts the chunks that are read."""

    read = 0

    async def get_many(self, keys: Sequence[ObjectKey]) -> Sequence[bytes | None]:
        self.read += sum(key.startswith(CHUNKS) for key in keys)
        return await super().get_many(keys)


async def send(shelf: Shelf, record: RepositoryRecord, tree: Tree) -> SentManifest:
    """Have a tree's chunks in the repository, and its manifest at hand."""
    carrier = shelf.carrier(record)
    async with carrier.push() as push:
        root = await send_tree(push, carrier.repository, tree)
    parent = await carrier.ref(MAIN)
    commit, framed, _ = sealed_manifest(carrier.repository, root, [parent] if parent else [], "m")
    return SentManifest(commit, framed, None)


async def take(
    shelf: Shelf, record: RepositoryRecord, sent: SentManifest, expected: CommitHash | None
) -> None:
    """Publish as a service does for somebody elsewhere."""
    push = await pushes.begin(shelf.parts, record.number, ANNA)
    await receive(
        shelf.parts, record, push, sent, None, branch=MAIN, expected=expected, identity=ANNA
    )


async def test_only_what_differs_from_the_parent_is_read(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    store = CountingStore()
    shelf = shelf.on(store)
    first = await commit_tree(shelf.carrier(film), MANY)
    changed = {**MANY, "b/0500": b"changed"}
    moved = {name: content for name, content in changed.items() if name[0] != "c"}
    moved |= {f"a/{name}": content for name, content in MANY.items() if name[0] == "c"}
    second = await send(shelf, film, changed)
    store.read = 0

    await take(shelf, film, second, first)
    for_a_change = store.read
    third = await send(shelf, film, moved)
    store.read = 0
    await take(shelf, film, third, second.commit)

    assert for_a_change <= 8
    assert store.read <= 12


async def test_what_was_condemned_stays_when_a_commit_leads_to_it(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    sent = await send(shelf, film, {"a": b"of nobody", "b/c": b"yet"})
    await shelf.collect(film, grace=timedelta(days=1))

    await take(shelf, film, sent, None)

    assert not await shelf.rows("SELECT FROM repository_chunks WHERE condemned_at IS NOT NULL")
    assert (await shelf.collect(film)).chunks_deleted == 0
