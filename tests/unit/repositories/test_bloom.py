"""The Bloom filter: it never denies what it was given, and rarely claims what it was not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories import bloom
from keyshelf.repositories.bloom import HEADER, ChunkFilter, DamagedFilterError

chunk_ids = st.binary(min_size=32, max_size=32).map(lambda each: ChunkId(each.hex()))


def known_ids(count: int, seed: int) -> list[ChunkId]:
    numbers = random.Random(seed)
    return [ChunkId(numbers.randbytes(32).hex()) for _ in range(count)]


@given(st.sets(chunk_ids, max_size=50), st.sampled_from([0.5, 0.1, 0.01, 0.0001]))
def test_what_was_given_is_never_denied(ids: set[ChunkId], p: float) -> None:
    chunks = ChunkFilter.sized_for(len(ids), p)
    chunks.add(ids)

    read = bloom.parse(chunks.to_bytes())

    assert all(read.may_have(each) for each in ids)
    assert read == chunks


@pytest.mark.parametrize("p", [0.1, 0.01, 0.001])
def test_wrong_claims_are_as_rare_as_was_asked_for(p: float) -> None:
    chunks = ChunkFilter.sized_for(20_000, p)
    chunks.add(known_ids(20_000, seed=1))

    wrong = sum(chunks.may_have(each) for each in known_ids(50_000, seed=2)) / 50_000

    assert chunks.p == pytest.approx(p, rel=0.01)
    assert wrong == pytest.approx(p, rel=0.25)


def test_an_empty_filter_has_nothing() -> None:
    chunks = ChunkFilter.sized_for(0)

    assert not any(chunks.may_have(each) for each in known_ids(100, seed=3))


@pytest.mark.parametrize(("n", "p"), [(10, 0.0), (10, 1.0), (10, -1.0), (10**10, 0.01)])
def test_no_filter_is_made_of_nonsense(n: int, p: float) -> None:
    with pytest.raises(ValueError, match=r"filter|rate"):
        ChunkFilter.sized_for(n, p)


@given(st.binary(max_size=100))
def test_what_is_no_filter_is_told(data: bytes) -> None:
    with pytest.raises(DamagedFilterError):
        bloom.parse(data)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ((b"KSBX", 1, 4, 64, 1), "begin"),
        ((b"KSBF", 2, 4, 64, 1), "version"),
        ((b"KSBF", 1, 0, 64, 1), "hashes"),
        ((b"KSBF", 1, 5, 64, 1), "hashes"),
        ((b"KSBF", 1, 4, 63, 1), "bits"),
        ((b"KSBF", 1, 4, 0, 1), "bits"),
        ((b"KSBF", 1, 4, 72, 1), "bytes"),
        ((b"KSBF", 1, 4, 2**63, 1), "bytes"),
    ],
)
def test_a_damaged_filter_is_told(head: tuple[bytes, int, int, int, int], reason: str) -> None:
    with pytest.raises(DamagedFilterError, match=reason):
        bloom.parse(HEADER.pack(*head) + bytes(8))
