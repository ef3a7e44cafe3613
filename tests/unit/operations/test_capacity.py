"""Capacity: the specification's table row by row, and what follows from it."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from keyshelf.cli.cost_text import between_sizes, duration, rounded
from keyshelf.errors import InvalidInputError
from keyshelf.operations import capacity
from keyshelf.operations.capacity import Assumptions, Between
from keyshelf.operations.prices import reading
from keyshelf.operations.sizes import size, size_text

S3 = reading.shipped().table("s3.us-east-1")
PLAIN = Assumptions()


@dataclass(frozen=True)
class Held:
    """What a repository holds."""

    logical_bytes: int
    chunk_bytes: int
    chunks: int
    stored_bytes: int


@pytest.mark.parametrize(
    ("repository", "chunk", "chunks", "storage"),
    [
        ("100 GB", "64 KB", "1.6M", "50-80 GB"),
        ("1 TB", "64 KB", "16M", "500-800 GB"),
        ("10 TB", "64 KB", "160M", "5-8 TB"),
        ("100 TB", "64 KB", "1.6B", "50-80 TB"),
    ],
)
def test_the_specifications_table(repository: str, chunk: str, chunks: str, storage: str) -> None:
    found = capacity.plan(size(repository), PLAIN, S3)

    assert size_text(found.chunk_bytes) == chunk
    assert rounded(found.chunks) == chunks
    assert between_sizes(found.storage_bytes) == storage


def test_without_sizes_the_table_is_whole() -> None:
    assert [size_text(each) for each in capacity.TABLE_SIZES] == [
        "100 GB",
        "1 TB",
        "10 TB",
        "100 TB",
    ]


def test_the_limits_of_s3_say_how_long_it_takes() -> None:
    """10 TB are 156,250,000 chunks; half to four fifths are put, 3,500 a second; all are read."""
    found = capacity.plan(size("10TB"), PLAIN, S3)

    assert found.put_seconds == Between(78_125_000 / 3_500, 125_000_000 / 3_500)
    assert found.get_seconds == 156_250_000 / 5_500
    assert duration(found.put_seconds.most) == "10 h"
    spread = capacity.plan(size("10TB"), replace(PLAIN, partitions=256), S3)
    assert spread.put_seconds.most == found.put_seconds.most / 256


def test_every_prefix_is_used_by_many_objects_and_few_by_few() -> None:
    assert capacity.plan(size("10TB"), PLAIN, S3).prefixes == 65_536
    few = capacity.plan(size("640MB"), replace(PLAIN, least_saved=0, most_saved=0), S3)
    assert (few.objects.most, few.prefixes) == (10_000, 9_274)


def test_the_index_has_a_row_for_each_chunk_that_is_kept() -> None:
    found = capacity.plan(size("1TB"), PLAIN, S3)

    assert found.index_rows == Between(7_812_500, 12_500_000)
    assert found.index_bytes.most == 12_500_000 * capacity.INDEX_ROW_BYTES


def test_packs_need_few_requests_and_the_same_room() -> None:
    """500 GB in packs of 16 MiB are 29,803 of them; 800 GB 47,684."""
    found = capacity.plan(size("1TB"), replace(PLAIN, pack_bytes=2**24), S3)

    assert found.objects == Between(29_803, 47_684)
    assert found.index_rows.most == 12_500_000
    assert found.writing == (Decimal("0.149015"), Decimal("0.23842"))


def test_money_is_for_every_copy() -> None:
    """800 GB are 745.06 GiB, at 0.023; with a replica twice that."""
    one = capacity.plan(size("1TB"), PLAIN, S3)
    two = capacity.plan(size("1TB"), replace(PLAIN, replicas=1), S3)

    assert round(one.month[1], 4) == round(Decimal(800 * 10**9) / 2**30 * Decimal("0.023"), 4)
    assert two.month[1] == 2 * one.month[1]
    assert two.writing[0] == 2 * one.writing[0]


def test_a_real_repository_replaces_the_assumptions() -> None:
    held = Held(logical_bytes=1_000_000, chunk_bytes=600_000, chunks=10, stored_bytes=250_000)

    found = capacity.measured(held, PLAIN)

    assert (found.chunk_bytes, found.least_saved, found.most_saved) == (60_000, 0.75, 0.75)


def test_an_empty_repository_measures_nothing() -> None:
    with pytest.raises(capacity.NothingMeasuredError):
        capacity.measured(Held(0, 0, 0, 0), PLAIN)


def test_what_a_person_says_wins() -> None:
    told = capacity.said(PLAIN, chunk="1MiB", saved="35", pack="64MiB")

    assert (told.chunk_bytes, told.pack_bytes) == (2**20, 2**26)
    assert (told.least_saved, told.most_saved) == (0.35, 0.35)


@pytest.mark.parametrize("text", ["", "half", "50-20", "100", "-3"])
def test_savings_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        capacity.said(PLAIN, chunk=None, saved=text, pack=None)
