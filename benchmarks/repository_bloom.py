"""The Bloom filter of a repository's chunks: its size, its speed and how often it is wrong.

Run `python -m benchmarks.repository_bloom [--chunks 1000000]`. The aim is a million ids
added, and as many asked for, in two seconds on one core.
"""

import argparse
import os
import time
from collections.abc import Sequence

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories import bloom
from keyshelf.repositories.bloom import ChunkFilter

RATES = (0.01, 0.001)


def random_ids(count: int) -> list[ChunkId]:
    """Return ids as chunks have them."""
    return [ChunkId(os.urandom(32).hex()) for _ in range(count)]


def claimed(chunks: ChunkFilter, ids: Sequence[ChunkId]) -> tuple[int, float]:
    """Return how many ids the filter claims to have, and the seconds that asking took."""
    begun = time.perf_counter()
    found = sum(map(chunks.may_have, ids))
    return found, time.perf_counter() - begun


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=1_000_000)
    count = parser.parse_args().chunks
    ids, others = random_ids(count), random_ids(count)
    print(f"{count:,} chunks, and as many others asked for")
    print(
        f"{'p':>7} {'m/n':>5} {'k':>2} {'MiB':>6} {'add':>7} {'known':>7} {'new':>7} {'wrong':>8}"
    )
    for p in RATES:
        chunks = ChunkFilter.sized_for(count, p)
        begun = time.perf_counter()
        chunks.add(ids)
        adding = time.perf_counter() - begun
        stored = bloom.parse(chunks.to_bytes())
        known, asking = claimed(stored, ids)
        assert known == count
        wrong, asking_new = claimed(stored, others)
        print(
            f"{p:7.3%} {stored.m / count:5.1f} {stored.k:2} {len(chunks.to_bytes()) / 2**20:6.2f}"
            f" {adding:6.2f}s {asking:6.2f}s {asking_new:6.2f}s {wrong / count:8.4%}"
        )


if __name__ == "__main__":
    main()
