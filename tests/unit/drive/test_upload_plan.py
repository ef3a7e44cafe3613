"""The arithmetic of uploads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.drive.uploads.plan import MAX_PARTS_PER_CALL, Cutting, PartRange, Parts, cut
from keyshelf.errors import InvalidInputError
from keyshelf.store.base import (
    MAX_OBJECT_BYTES,
    MAX_PART_BYTES,
    MAX_PARTS,
    MAX_PUT_BYTES,
    MIN_PART_BYTES,
)
from keyshelf.store.errors import ObjectTooLargeError

SINGLE = 16 * 2**20
PART = 8 * 2**20

sizes = st.one_of(
    st.integers(0, MAX_OBJECT_BYTES),
    st.integers(0, 4 * SINGLE),
    st.integers(MAX_OBJECT_BYTES - 2 * PART, MAX_OBJECT_BYTES),
)
single_puts = st.integers(0, 2 * MAX_PUT_BYTES)
part_sizes = st.integers(1, 2 * MAX_PART_BYTES)


when = st.sampled_from([Parts.IF_LARGE, Parts.ALWAYS])


@given(size=sizes, single=single_puts, part=part_sizes, parts=when)
def test_every_upload_fits_the_limits_of_a_store(
    size: int, single: int, part: int, parts: Parts
) -> None:
    cutting = cut(size, single_put_bytes=single, part_bytes=part, parts=parts)

    if cutting is None:
        assert size <= min(single, MAX_PUT_BYTES)
        assert parts is Parts.IF_LARGE
        return
    assert 1 <= cutting.part_count <= MAX_PARTS
    assert MIN_PART_BYTES <= cutting.part_size <= MAX_PART_BYTES
    assert cutting.part_size % 2**20 == 0
    last = cutting.bytes_of(cutting.part_count)
    assert (cutting.part_count - 1) * cutting.part_size + last == size
    assert last > 0 or size == 0


@given(size=st.integers(0, 100 * PART), part=st.integers(MIN_PART_BYTES, PART))
def test_the_parts_add_up(size: int, part: int) -> None:
    cutting = Cutting(size=size, part_size=part)

    total = sum(cutting.bytes_of(each) for each in range(1, cutting.part_count + 1))
    assert total == size


def test_the_largest_object_is_525_mib_a_part() -> None:
    cutting = cut(MAX_OBJECT_BYTES, single_put_bytes=SINGLE, part_bytes=PART)

    assert cutting == Cutting(size=MAX_OBJECT_BYTES, part_size=525 * 2**20)
    assert cutting
    assert cutting.part_count == 9987


@pytest.mark.parametrize(
    ("size", "parts"),
    [(0, None), (SINGLE, None), (SINGLE + 1, 3), (3 * PART, 3), (3 * PART + 1, 4)],
)
def test_small_files_are_one_put(size: int, parts: int | None) -> None:
    cutting = cut(size, single_put_bytes=SINGLE, part_bytes=PART)

    assert (cutting.part_count if cutting else None) == parts


def test_a_replacement_is_always_in_parts_even_when_empty() -> None:
    cutting = cut(0, single_put_bytes=SINGLE, part_bytes=PART, parts=Parts.ALWAYS)

    assert cutting
    assert cutting.part_count == 1
    assert cutting.bytes_of(1) == 0


def test_past_5_tib_is_refused() -> None:
    with pytest.raises(ObjectTooLargeError):
        cut(MAX_OBJECT_BYTES + 1, single_put_bytes=SINGLE, part_bytes=PART)


def test_a_store_without_parts_takes_one_put_of_5_gib() -> None:
    never = Parts.NEVER

    assert cut(MAX_PUT_BYTES, single_put_bytes=0, part_bytes=PART, parts=never) is None
    with pytest.raises(ObjectTooLargeError):
        cut(MAX_PUT_BYTES + 1, single_put_bytes=0, part_bytes=PART, parts=never)


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        cut(-1, single_put_bytes=SINGLE, part_bytes=PART)


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 1), (-1, 5), (1, MAX_PARTS_PER_CALL + 1)])
def test_a_range_of_parts_has_bounds(first: int, last: int) -> None:
    with pytest.raises(InvalidInputError):
        PartRange(first, last)


def test_a_range_past_the_last_part_is_refused() -> None:
    cutting = Cutting(size=3 * PART, part_size=PART)

    assert list(cutting.numbers(PartRange(2, 3))) == [2, 3]
    with pytest.raises(InvalidInputError):
        cutting.numbers(PartRange(2, 4))
    with pytest.raises(InvalidInputError):
        cutting.bytes_of(4)


def test_without_a_range_come_the_first_thousand() -> None:
    cutting = Cutting(size=1500 * PART, part_size=PART)

    assert cutting.numbers(None) == range(1, 1001)
