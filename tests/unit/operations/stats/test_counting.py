"""Counting what has no rows, and chunks that are shared."""

from uuid import UUID

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import AssetHash, RepositoryId, proxy_key
from keyshelf.operations.stats import counting
from keyshelf.operations.stats.counting import Proxies, count_proxies, sample_bound
from keyshelf.operations.stats.queries import RepositoryRow, Sampled
from keyshelf.operations.stats.values import Amount, Kind
from keyshelf.store.memory import MemoryOptions, MemoryStore

FILM, STILLS = RepositoryId(UUID(int=1)), RepositoryId(UUID(int=2))


def row(repository: RepositoryId, number: int, **changed: int) -> RepositoryRow:
    held = {"chunks": 10, "chunk_bytes": 1000, "stored_bytes": 800, **changed}
    return RepositoryRow(
        number=number,
        id=repository,
        name=f"repository {number}",
        tenant="anna",
        commits=2,
        logical_bytes=5000,
        manifests=3,
        **held,
    )


def test_a_shared_chunk_is_shared_by_those_who_have_it() -> None:
    """Both have ten chunks of 80 bytes, of which four are the same: 16 are stored."""
    both = {number: Sampled(10, 800, 8.0, 640.0, 8.0, 640.0) for number in (1, 2)}

    stored, stats = counting.repository_stored([row(FILM, 1), row(STILLS, 2)], both, {})

    (chunks,) = [each for each in stored if each.kind is Kind.CHUNK]
    assert chunks.amount == Amount(16, 1280, 16, 1280)
    assert not chunks.is_estimate
    total = sum(each.amount.bytes for each in stored)
    assert sum(each.storage_bytes for each in stats) == total
    assert [each.stored_bytes for each in stats] == [800, 800]


def test_a_sample_stands_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth was looked at, and half of it is shared by two."""
    monkeypatch.setattr(counting, "SAMPLE_ROWS", 100)
    found = {1: Sampled(100, 10_000, 75.0, 7_500.0, 75.0, 7_500.0)}

    stored, _ = counting.repository_stored(
        [row(FILM, 1, chunks=1_000, stored_bytes=100_000)], found, {}
    )

    assert stored[0].amount == Amount(750, 75_000, 750, 75_000)
    assert stored[0].is_estimate


def test_few_chunks_are_all_looked_at_and_many_by_their_first_ids() -> None:
    assert sample_bound(counting.SAMPLE_ROWS) > b"\xff" * 32
    assert sample_bound(4 * counting.SAMPLE_ROWS) == bytes.fromhex("40000000")


@pytest.mark.anyio
async def test_proxies_are_counted_by_one_page_of_each_repository() -> None:
    store = MemoryStore(MemoryOptions(page_limit=64))
    for number in range(256):
        asset = AssetHash(f"{number:02x}" + "7" * 62)
        await store.put(proxy_key(FILM, asset, "720p.mp4"), b"x" * 100)
    await store.put(proxy_key(STILLS, AssetHash("0" * 64), "thumbnail.jpg"), b"x")
    await store.put(ObjectKey("v1/proxies/stray.txt"), b"x")

    found = await count_proxies(store)

    assert found[STILLS] == Proxies(Amount(1, 1, 1, 1))
    film = found[FILM]
    assert film.is_estimate
    assert film.amount.objects == pytest.approx(256, rel=0.02)
    assert film.amount.bytes == pytest.approx(25_600, rel=0.02)
