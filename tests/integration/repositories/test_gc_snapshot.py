"""What a run of the collector writes beside the chunks, wherever it runs."""

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import ChunkId, bloom_key, stats_key
from keyshelf.repositories import bloom
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.formats import documents
from tests.integration.repositories.shelf import Packed, Shelf, branch, commit_tree

pytestmark = pytest.mark.anyio
KEPT = {"a": b"kept"}


async def content_of(shelf: Shelf, key: ObjectKey) -> bytes:
    async with await shelf.parts.store.get(key) as reader:
        return await reader.read()


async def test_statistics_and_filter_tell_what_a_run_has_left(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    await commit_tree(carrier, KEPT)
    lost = await commit_tree(carrier, {"b": b"lost"}, name=branch("try"))
    await carrier.delete_ref(branch("try"), expected=lost)

    await shelf.collect(film, dry_run=True)
    assert stats_key(film.id) not in await shelf.keys()
    await shelf.collect(film)

    kept = Packed(None)
    kept.folder(b"", KEPT)
    stats = documents.decode_stats(await content_of(shelf, stats_key(film.id)))
    there = bloom.parse(await content_of(shelf, bloom_key(film.id)))
    assert (stats.commits, stats.chunks) == (1, len(kept.chunks))
    assert all(there.may_have(ChunkId(each)) for each in kept.chunks)
